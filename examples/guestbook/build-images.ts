/**
 * Builds the example's images from Debian's packages and this folder, without Docker: `node examples/guestbook/build-images.ts FOLDER` writes
 * nginx.tar, redis.tar and web.tar there. Needs root (file owners) and apt. What a package unpacks to is kept in FOLDER/roots.
 */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage } from '../../src/cri/index.ts';
import { debianRoot } from './debian-root.ts';

const packages = {
  nginx: ['nginx-light', 'busybox-static'],
  redis: ['redis-server', 'busybox-static'],
  web: ['libc6', 'libstdc++6', 'libatomic1', 'busybox-static'],
} as const;

export type ImageName = keyof typeof packages;

/** Builds one image; resolves with the path of its tar. */
export async function buildExampleImage(name: ImageName, folder: string): Promise<string> {
  const tar = join(folder, `${name}.tar`);
  if (existsSync(tar)) return tar;
  const root = join(folder, 'roots', name);
  if (!existsSync(root)) debianRoot(root, packages[name]);
  prepare[name](root);
  await buildImage({ name: `example.kubets.dev/${name}:1`, layers: [{ dir: root }], config: configs[name] }, tar);
  return tar;
}

const configs = {
  nginx: { Entrypoint: ['/usr/sbin/nginx', '-g', 'daemon off; error_log /dev/stderr;'], ExposedPorts: { '80/tcp': {} } },
  redis: { Entrypoint: ['/usr/bin/redis-server'], ExposedPorts: { '6379/tcp': {} } },
  web: { Entrypoint: ['/usr/local/bin/node', '/app/server.mjs'], ExposedPorts: { '8080/tcp': {} } },
} as const;

const prepare: Readonly<Record<ImageName, (root: string) => void>> = {
  nginx(root) {
    addBase(root);
    // The package's site answers on every name; the ConfigMap's takes its place.
    writeFileSync(
      join(root, 'etc/nginx/nginx.conf'),
      'user root;\nworker_processes 1;\npid /run/nginx.pid;\nevents {}\nhttp {\n  access_log off;\n  include /etc/nginx/conf.d/*.conf;\n}\n',
    );
  },
  redis: addBase,
  web(root) {
    addBase(root);
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    cpSync(process.execPath, join(root, 'usr/local/bin/node'), { dereference: true });
    mkdirSync(join(root, 'app'), { recursive: true });
    cpSync(join(import.meta.dirname, 'web/server.mjs'), join(root, 'app/server.mjs'));
  },
};

/** Users, a place for run files, and a shell with its tools, which exec and cp want. */
function addBase(root: string): void {
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nwww-data:x:33:\nadm:x:4:\n');
  for (const dir of ['run', 'tmp', 'data', 'var/log/nginx', 'var/lib/nginx/body']) mkdirSync(join(root, dir), { recursive: true });
  for (const tool of ['sh', 'cat', 'ls', 'tar', 'sleep', 'nslookup', 'nc', 'echo', 'hostname', 'kill', 'ps']) {
    const path = join(root, 'usr/bin', tool);
    if (!existsSync(path)) writeFileSync(path, `#!/usr/bin/busybox sh\nexec /usr/bin/busybox ${tool} "$@"\n`, { mode: 0o755 });
  }
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    process.stderr.write('usage: node examples/guestbook/build-images.ts FOLDER\n');
    process.exitCode = 2;
  } else {
    mkdirSync(folder, { recursive: true });
    for (const name of ['nginx', 'redis', 'web'] as const) process.stdout.write(`${await buildExampleImage(name, folder)}\n`);
  }
}
