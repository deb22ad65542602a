import { connect } from 'node:http2';

/** Numbers of `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** Asks `grpc.health.v1.Health/Check` in the clear. Resolves with the status' name; rejects when the call fails. */
export function grpcHealth(
  address: { readonly host: string; readonly port: number },
  options: { readonly service: string; readonly timeoutMs: number },
): Promise<string> {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const session = connect(`http://${host}:${address.port}`);
  return new Promise((resolve, reject) => {
    const fail = (e: Error) => {
      session.destroy();
      reject(e);
    };
    const timer = setTimeout(
      () =>
        fail(
          new Error(
            `timeout: failed to connect service ${JSON.stringify(`${host}:${address.port}`)} within ${options.timeoutMs / 1000}s: context deadline exceeded`,
          ),
        ),
      options.timeoutMs,
    );
    session.on('error', fail);
    session.on('close', () => clearTimeout(timer));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'kube-probe/1.36',
    });
    const chunks: Buffer[] = [];
    let code = '';
    let message = '';
    const readStatus = (headers: Readonly<Record<string, string | string[] | number | undefined>>) => {
      if (headers['grpc-status'] !== undefined) code = String(headers['grpc-status']);
      if (headers['grpc-message'] !== undefined) message = decodeURIComponent(String(headers['grpc-message']));
    };
    stream.on('response', readStatus).on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', fail);
    stream.on('end', () => {
      session.destroy();
      if (code !== '0') reject(new Error(`error: health rpc failed: rpc error: code = ${code} desc = ${message}`));
      else resolve(servingStatuses[statusOf(Buffer.concat(chunks))] ?? 'UNKNOWN');
    });
    stream.end(requestOf(options.service));
  });
}

function requestOf(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length > 127) throw new RangeError('name of the service is too long');
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
}

/** Field 1, a varint, after the frame's five bytes. */
function statusOf(frame: Buffer): number {
  return frame.length >= 7 && frame[5] === 0x08 ? frame[6]! : 0;
}
