import { dialSpdy } from './dial-remote-command.ts';
import type { PortForwardClient } from './port-forward.ts';
import type { DialOptions } from './remote-command.ts';
import { portForwardProtocol } from './subprotocols.ts';

/** Connects to a kubelet's or a runtime's port-forward by SPDY. Rejects with `UpgradeRefused` and others. */
export async function dialPortForward(url: string, options: DialOptions): Promise<PortForwardClient> {
  const { connection, closed } = await dialSpdy(url, [portForwardProtocol], { pingMs: 10_000, ...options });
  let requests = 0;
  return {
    open(port) {
      const requestId = String(requests++);
      const open = (type: string) =>
        connection.open(
          new Map([
            ['streamtype', [type]],
            ['port', [String(port)]],
            ['requestid', [requestId]],
          ]),
        );
      const error = open('error');
      // Nothing is ever written there, and peers wait for its end.
      error.end();
      return { error, data: open('data') };
    },
    closed,
    close: () => connection.close(),
  };
}
