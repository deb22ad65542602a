/** Real etcd beside our store, reached by the gRPC client that JavaScript has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { freePort } from './free-port.ts';
import { cpuMsOf } from './server-under-test.ts';

const binary = '/usr/bin/etcd';

export interface PutResult {
  readonly seconds: number;
  readonly cpuMs: number;
}

export interface PutLoad {
  readonly count: number;
  readonly inFlight: number;
  readonly value: Uint8Array;
}

/** Puts into a fresh etcd of one member on loopback; undefined where the machine has none. */
export async function putIntoEtcd(load: PutLoad): Promise<PutResult | undefined> {
  if (!existsSync(binary)) return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'kubets-bench-real-etcd-'));
  const [clientPort, peerPort] = [await freePort(), await freePort()];
  const [clients, peers] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
  const urls = [
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
  ];
  const etcd = spawn(binary, ['--data-dir', dir, '--log-level', 'error', ...urls], { stdio: 'ignore' });
  const client = new Client(`127.0.0.1:${clientPort}`, credentials.createInsecure());
  try {
    await once(etcd, 'spawn');
    await new Promise<void>((resolve, reject) => client.waitForReady(Date.now() + 10_000, (e) => (e ? reject(e) : resolve())));
    await putAll(client, { ...load, count: 500 });
    const before = cpuMsOf(etcd.pid!);
    const started = performance.now();
    await putAll(client, load);
    return { seconds: (performance.now() - started) / 1000, cpuMs: cpuMsOf(etcd.pid!) - before };
  } finally {
    client.close();
    await end(etcd);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function putAll(client: Client, { count, inFlight, value }: PutLoad): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await put(client, `/bench/${next++}`, value);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

function put(client: Client, key: string, value: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    client.makeUnaryRequest(
      '/etcdserverpb.KV/Put',
      () => putRequest(key, value),
      () => undefined,
      undefined,
      (error) => (error ? reject(error) : resolve()),
    ),
  );
}

/** etcdserverpb.PutRequest: key is field 1, value field 2, both bytes; for values of 128 B to 16 KiB. */
function putRequest(key: string, value: Uint8Array): Buffer {
  const keyBytes = Buffer.from(key);
  return Buffer.concat([Uint8Array.of(0x0a, keyBytes.length), keyBytes, Uint8Array.of(0x12, (value.length & 0x7f) | 0x80, value.length >> 7), value]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
