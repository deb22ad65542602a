import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { VolumeError, type VolumePlugin } from '../volume-plugin.ts';

const kinds: Readonly<Record<string, readonly [string, (s: Stats) => boolean]>> = {
  Directory: ['a directory', (s) => s.isDirectory()],
  DirectoryOrCreate: ['a directory', (s) => s.isDirectory()],
  File: ['a file', (s) => s.isFile()],
  FileOrCreate: ['a file', (s) => s.isFile()],
  Socket: ['a socket', (s) => s.isSocket()],
  CharDevice: ['a character device', (s) => s.isCharacterDevice()],
  BlockDevice: ['a block device', (s) => s.isBlockDevice()],
};

/** A path of the node. The type is checked first: a runtime would silently make a folder of what is missing. */
export const hostPath: VolumePlugin = {
  name: 'kubernetes.io/host-path',
  canSupport: (volume) => volume.hostPath !== undefined,
  async setUp(volume) {
    const { path, type = '' } = volume.hostPath!;
    if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
    if (type === 'FileOrCreate') {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(path, '', { flag: 'a', mode: 0o644 });
    }
    const [what, check] = kinds[type] ?? ['', () => true];
    const found = await stat(path).catch(() => undefined);
    if (type !== '' && (!found || !check(found))) throw new VolumeError(`hostPath type check failed: ${path} is not ${what}`);
    return path;
  },
};
