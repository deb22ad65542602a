import { nextTurn } from '../base/index.ts';
import type { ServedNames } from './served-names.ts';
import type { ListResult } from './store.ts';
import type { StoredObject } from './types.ts';

/** The largest slice of a list, unless one object is larger. */
export const listChunkBytes = 256 * 1024;

/** One object as JSON with the line feed that upstream's encoder ends with. */
export function singleJson(stored: StoredObject, names: ServedNames): Buffer {
  return splice(names.objectHead, stored, '\n');
}

/** Head, revision, body and tail in one allocation. Head and tail are ASCII but for kinds that are not. */
export function splice(head: string, stored: Pick<StoredObject, 'revision' | 'body'>, tail: string): Buffer {
  const front = `${head}${stored.revision}",`;
  const { body } = stored;
  const frontBytes = Buffer.byteLength(front);
  const out = Buffer.allocUnsafeSlow(frontBytes + body.length + tail.length);
  out.write(front, 0, frontBytes, 'utf8');
  out.set(body, frontBytes);
  out.write(tail, frontBytes + body.length, 'latin1');
  return out;
}

function listHead(list: ListResult, names: ServedNames): string {
  const meta = [
    `"resourceVersion":"${list.revision}"`,
    ...(list.continue === '' ? [] : [`"continue":${JSON.stringify(list.continue)}`]),
    ...(list.remainingItemCount === undefined ? [] : [`"remainingItemCount":${list.remainingItemCount}`]),
  ];
  return `{"kind":${JSON.stringify(names.listKind)},"apiVersion":${JSON.stringify(names.apiVersion)},"metadata":{${meta.join(',')}},"items":[`;
}

export interface ListJsonOptions {
  /** All slices share one buffer: for a consumer that has done with a slice (its write's callback has come) before it asks for the next. */
  readonly reuseBuffer?: boolean;
  /** Lets others run between slices. Default: the next turn of the event loop. */
  readonly pause?: () => Promise<void>;
}

/** A list as JSON in slices; the event loop turns between them. A list that fits one slice comes at once. */
export async function* listJson(list: ListResult, names: ServedNames, options: ListJsonOptions = {}): AsyncGenerator<Buffer> {
  const pause = options.pause ?? nextTurn;
  let first = true;
  for (const chunk of listSlices(list, names, options.reuseBuffer ?? false)) {
    if (!first) await pause();
    first = false;
    yield chunk;
  }
}

/** The whole list in one buffer when it is at most one slice, else undefined: small lists need no stream. */
export function smallListJson(list: ListResult, names: ServedNames): Buffer | undefined {
  let bytes = 512;
  for (const item of list.items) {
    bytes += item.body.length + names.itemHead.length + 24;
    if (bytes > listChunkBytes) return undefined;
  }
  return listSlices(list, names, false).next().value ?? undefined;
}

function* listSlices(list: ListResult, names: ServedNames, reuse: boolean): Generator<Buffer> {
  const head = listHead(list, names);
  let out = Buffer.allocUnsafeSlow(sizeHint(list, names));
  let at = out.write(head, 0);
  const itemHead = Buffer.from(names.itemHead);
  let separator = '';
  for (const item of list.items) {
    const { body } = item;
    const most = itemHead.length + body.length + 24;
    if (at + most > out.length) {
      yield out.subarray(0, at);
      if (!reuse || most > out.length) out = Buffer.allocUnsafeSlow(Math.max(listChunkBytes, most));
      at = 0;
    }
    if (separator !== '') out[at++] = 0x2c;
    separator = ',';
    out.set(itemHead, at);
    at += itemHead.length;
    at += out.write(`${item.revision}",`, at, 'latin1');
    out.set(body, at);
    at += body.length;
  }
  if (at + 3 > out.length) {
    yield out.subarray(0, at);
    out = Buffer.allocUnsafeSlow(3);
    at = 0;
  }
  at += out.write(']}\n', at);
  yield out.subarray(0, at);
}

/** What a small list needs, or a full slice. */
function sizeHint(list: ListResult, names: ServedNames): number {
  let bytes = 1024 + list.continue.length;
  for (const item of list.items) {
    bytes += item.body.length + names.itemHead.length + 24;
    if (bytes >= listChunkBytes) return listChunkBytes;
  }
  return bytes;
}
