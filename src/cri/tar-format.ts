/** What one member of a tar archive is. Modes are permission bits alone; times are always 0 where written here. */
export interface TarHeader {
  /** Without a slash before or after it. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'character' | 'block' | 'fifo';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 unless a file. */
  readonly size: number;
  /** Of symlinks and hard links. */
  readonly target?: string;
  readonly device?: { readonly major: number; readonly minor: number };
}

export const blockBytes = 512;
const typeFlags = { file: '0', link: '1', symlink: '2', character: '3', block: '4', directory: '5', fifo: '6' } as const;
const types = new Map<string, TarHeader['type']>([
  ...(Object.entries(typeFlags) as [TarHeader['type'], string][]).map(([type, flag]): [string, TarHeader['type']] => [flag, type]),
  ['\0', 'file'],
  ['7', 'file'],
]);

/** Bytes of zeros after `size` bytes of content. */
export function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The header's blocks: a ustar one, after a pax one when names or numbers do not fit (POSIX.1-2001). */
export function tarHeader(header: TarHeader): Buffer {
  const path = header.type === 'directory' ? `${header.path}/` : header.path;
  const target = header.target ?? '';
  const pax: string[] = [];
  if (Buffer.byteLength(path) > 100 || !isAscii(path)) pax.push(paxRecord('path', path));
  if (Buffer.byteLength(target) > 100 || !isAscii(target)) pax.push(paxRecord('linkpath', target));
  if (header.size > 0o77777777777) pax.push(paxRecord('size', String(header.size)));
  if (header.uid > 0o7777777) pax.push(paxRecord('uid', String(header.uid)));
  if (header.gid > 0o7777777) pax.push(paxRecord('gid', String(header.gid)));
  const main = ustar(header, { path, target, flag: typeFlags[header.type] });
  if (pax.length === 0) return main;
  const body = Buffer.from(pax.join(''));
  const paxHeader = ustar(
    { path: '', type: 'file', mode: 0o644, uid: 0, gid: 0, size: body.length },
    { path: 'PaxHeaders/entry', target: '', flag: 'x' },
  );
  return Buffer.concat([paxHeader, body, Buffer.alloc(paddingOf(body.length)), main]);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** `LENGTH key=value\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}

function ustar(header: TarHeader, names: { readonly path: string; readonly target: string; readonly flag: string }): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, width: number) => {
    const greatest = 8 ** (width - 1) - 1;
    block.write(
      `${Math.min(value, greatest)
        .toString(8)
        .padStart(width - 1, '0')}\0`,
      at,
      'latin1',
    );
  };
  block.write(names.path, 0, 100, 'utf8');
  octal(header.mode & 0o7777, 100, 8);
  octal(header.uid, 108, 8);
  octal(header.gid, 116, 8);
  octal(header.size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(names.flag, 156, 'latin1');
  block.write(names.target, 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  if (header.device) {
    octal(header.device.major, 329, 8);
    octal(header.device.minor, 337, 8);
  }
  const sum = block.reduce((a, b) => a + b, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** What the header block says, before pax records and GNU long names are applied. Undefined for the zero block that ends an archive. */
export function parseUstar(block: Buffer): { readonly header: TarHeader; readonly flag: string } | undefined {
  if (block.every((b) => b === 0)) return undefined;
  const copy = Buffer.from(block);
  copy.fill(0x20, 148, 156);
  if (copy.reduce((a, b) => a + b, 0) !== number(block, 148, 8)) throw new Error('not a tar archive: bad header checksum');
  const flag = String.fromCharCode(block[156]!);
  const magic = block.toString('latin1', 257, 263);
  const prefix = magic === 'ustar\0' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const type = types.get(flag) ?? 'file';
  return {
    flag,
    header: {
      path: prefix ? `${prefix}/${name}` : name,
      type,
      mode: number(block, 100, 8) & 0o7777,
      uid: number(block, 108, 8),
      gid: number(block, 116, 8),
      size: number(block, 124, 12),
      target: text(block, 157, 100),
    },
  };
}

function text(block: Buffer, at: number, width: number): string {
  const end = block.subarray(at, at + width).indexOf(0);
  return block.toString('utf8', at, end < 0 ? at + width : at + end);
}

/** Octal text, or GNU's big-endian binary when the first byte's top bit is set. */
function number(block: Buffer, at: number, width: number): number {
  if ((block[at]! & 0x80) === 0) {
    const digits = text(block, at, width).trim();
    if (!/^[0-7]*$/.test(digits)) throw new Error('not a tar archive: bad number');
    return digits === '' ? 0 : Number.parseInt(digits, 8);
  }
  let value = block[at]! & 0x7f;
  for (let i = at + 1; i < at + width; i++) value = value * 256 + block[i]!;
  if (!Number.isSafeInteger(value)) throw new Error('tar archive holds a number too great');
  return value;
}

/** Records of a pax header by key. */
export function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, Math.max(space, at)));
    if (space < 0 || !Number.isInteger(length) || length <= 0 || at + length > body.length) throw new Error('bad pax header');
    const record = body.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
