/** The verbs of `kubets`, in the order of its help. */
import type { Command } from '../command.ts';
import { agent } from './agent.ts';
import { apiserver } from './apiserver.ts';
import { controllerManager } from './controller-manager.ts';
import { dns } from './dns.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { imageList } from './image-list.ts';
import { imageLoad } from './image-load.ts';
import { internalKeeper } from './internal-keeper.ts';
import { kubeconfig } from './kubeconfig.ts';
import { kubelet } from './kubelet.ts';
import { proxy } from './proxy.ts';
import { scheduler } from './scheduler.ts';
import { server } from './server.ts';
import { status } from './status.ts';
import { up } from './up.ts';

export const commands: readonly Command[] = [
  up,
  down,
  status,
  doctor,
  kubeconfig,
  imageLoad,
  imageList,
  server,
  agent,
  apiserver,
  scheduler,
  controllerManager,
  kubelet,
  proxy,
  dns,
  internalKeeper,
];
