/** Images for tests, built once and kept in `.tools/images`: busybox from Debian's static one, and the example's. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExampleImage, type ImageName } from '../../examples/guestbook/build-images.ts';
import { buildImage } from '../../src/cri/index.ts';
import { root } from '../../tools/source-files.ts';

const folder = join(root, '.tools/images');
export const busyboxName = 'example.kubets.dev/busybox:1';

export async function busyboxImage(): Promise<string> {
  const tar = join(folder, 'busybox.tar');
  if (existsSync(tar)) return tar;
  mkdirSync(folder, { recursive: true });
  const dir = mkdtempSync(join(tmpdir(), 'kubets-busybox-'));
  try {
    mkdirSync(join(dir, 'bin'));
    for (const name of ['tmp', 'etc', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(dir, name));
    copyFileSync('/bin/busybox', join(dir, 'bin/busybox'));
    for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean)) {
      if (applet !== 'busybox') symlinkSync('busybox', join(dir, 'bin', applet));
    }
    await buildImage({ name: busyboxName, layers: [{ dir }], config: { Cmd: ['sh'], Env: ['PATH=/bin'] } }, `${tar}.new`);
    renameSync(`${tar}.new`, tar);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return tar;
}

export async function exampleImage(name: ImageName): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const tar = await buildExampleImage(name, folder);
  for (const left of readdirSync(folder)) if (left === 'roots') rmSync(join(folder, left), { recursive: true, force: true });
  return tar;
}
