/** The verbs of `kubets`, in the order of its help. */
import type { Command } from '../command.ts';
import { agent } from './agent.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { imageList } from './image-list.ts';
import { imageLoad } from './image-load.ts';
import { internalKeeper } from './internal-keeper.ts';
import { kubeconfig } from './kubeconfig.ts';
import { server } from './server.ts';
import { status } from './status.ts';
import { up } from './up.ts';

export const commands: readonly Command[] = [up, down, status, doctor, kubeconfig, imageLoad, imageList, server, agent, internalKeeper];
