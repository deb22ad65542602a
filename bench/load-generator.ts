/** The load, in a process of its own: HTTP/2 over TLS, a bounded number of requests with a fixed number in flight. Told what to do by its parent. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';

export interface Load {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly method: string;
  /** `{i}` is the number of the request. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly count: number;
  readonly inFlight: number;
}

/** `watchers` streams on one resource: counts the frames each is sent until `frames` have come to all of them. */
export interface WatchLoad extends Omit<Load, 'count' | 'inFlight' | 'method'> {
  readonly watchers: number;
  readonly frames: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly failures: number;
  readonly bytes: number;
}

type Message = { readonly kind: 'load'; readonly load: Load } | { readonly kind: 'watch'; readonly load: WatchLoad };

process.on('message', (message: Message) => {
  const work = message.kind === 'load' ? runLoad(message.load) : runWatch(message.load);
  work.then(
    (result) => process.send!(result),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});

async function open(load: Pick<Load, 'url' | 'ca' | 'cert' | 'key'>): Promise<ClientHttp2Session> {
  const session = connect(load.url, { ca: load.ca, cert: load.cert, key: load.key, settings: { initialWindowSize: 8 * 1024 * 1024 } });
  await once(session, 'connect');
  session.setLocalWindowSize(64 * 1024 * 1024);
  return session;
}

async function runLoad(load: Load): Promise<LoadResult> {
  const session = await open(load);
  const times: number[] = [];
  let next = 0;
  let failures = 0;
  let bytes = 0;
  const one = (i: number) =>
    new Promise<void>((resolve) => {
      const at = performance.now();
      const body = load.body?.replaceAll('{i}', String(i));
      const stream = session.request(
        {
          ':method': load.method,
          ':path': load.path.replaceAll('{i}', String(i)),
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': load.contentType ?? 'application/json' }),
        },
        { endStream: body === undefined },
      );
      if (body !== undefined) stream.end(body);
      stream.on('response', (h) => {
        if (Number(h[':status']) >= 300) failures++;
      });
      stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
      stream.on('error', () => failures++);
      stream.on('close', () => {
        times.push(performance.now() - at);
        resolve();
      });
    });
  const lane = async () => {
    while (next < load.count) await one(next++);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: load.inFlight }, lane));
  const seconds = (performance.now() - started) / 1000;
  session.close();
  return { seconds, p50Ms: times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0, failures, bytes };
}

async function runWatch(load: WatchLoad): Promise<LoadResult> {
  const session = await open(load);
  let bytes = 0;
  let started = 0;
  let opened = 0;
  const watch = () =>
    new Promise<void>((resolve) => {
      const stream = session.request({ ':path': load.path, accept: 'application/json' });
      let frames = 0;
      stream.on('response', () => {
        if (++opened === load.watchers) process.send!({ kind: 'watching' });
      });
      stream.on('data', (chunk: Buffer) => {
        started ||= performance.now();
        bytes += chunk.length;
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) frames++;
        if (frames >= load.frames) {
          stream.close();
          resolve();
        }
      });
      stream.on('error', () => resolve());
    });
  await Promise.all(Array.from({ length: load.watchers }, watch));
  const seconds = (performance.now() - started) / 1000;
  session.close();
  return { seconds, p50Ms: 0, failures: 0, bytes };
}
