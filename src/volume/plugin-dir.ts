import { join } from 'node:path';

/** `volumes/kubernetes.io~empty-dir/NAME` below the pod's folder. */
export function pluginDir(podDir: string, plugin: string, volume: string): string {
  return join(podDir, 'volumes', plugin.replaceAll('/', '~'), volume);
}
