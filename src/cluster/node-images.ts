import { realClock, silentLogger, systemRng } from '../base/index.ts';
import { connectRuntime, importImage } from '../cri/index.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { containerdEndpoint } from './daemons/node-runtime.ts';

/** Imports the images of an archive into one node; resolves with their names. `open` gives the archive's bytes. */
export async function loadImage(config: ClusterConfig, node: string, open: () => AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const endpoint = containerdEndpoint(config, node);
  const { names } = await importImage({ endpoint, tar: open(), clock: realClock, rng: systemRng, logger: silentLogger });
  return names;
}

export async function listImages(config: ClusterConfig, node: string): Promise<readonly string[]> {
  const runtime = connectRuntime({ endpoint: containerdEndpoint(config, node), clock: realClock });
  try {
    const images = await runtime.listImages();
    return images.flatMap((i) => (i.repoTags.length > 0 ? i.repoTags : [i.id])).toSorted((a, b) => (a < b ? -1 : 1));
  } finally {
    runtime.close();
  }
}
