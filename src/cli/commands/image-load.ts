import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { loadImage, UserError } from '../../cluster/index.ts';
import { clusterFlags, existingCluster } from '../cluster-flags.ts';
import type { Command } from '../command.ts';

export const imageLoad: Command = {
  use: 'image load <file>',
  short: 'Load images onto every node from a docker save or OCI layout tar (- reads standard input)',
  example: 'docker save my/image:1 | kubets image load -',
  flags: clusterFlags,
  async run(io, [file], flags) {
    const config = existingCluster(flags);
    if (config.nodes.length === 0) throw new UserError(`cluster "${config.name}" has no nodes`);
    const dir = file === '-' ? await mkdtemp(join(tmpdir(), 'kubets-image-')) : undefined;
    try {
      // Standard input is read once, but every node needs it.
      const path = dir === undefined ? file! : join(dir, 'image.tar');
      if (dir !== undefined) await pipeline(io.stdin, createWriteStream(path, { mode: 0o600 }));
      for (const node of config.nodes) {
        const names = await loadImage(config, node, () => createReadStream(path));
        for (const name of names) io.out(`${node}: ${name}\n`);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new UserError(`${(error as NodeJS.ErrnoException).path ?? file} cannot be read`);
      throw error;
    } finally {
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    }
    return 0;
  },
};
