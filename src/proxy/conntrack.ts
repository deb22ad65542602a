import { execFile } from 'node:child_process';
import type { Logger } from '../base/index.ts';
import type { StaleFlow } from './rule-set.ts';

/** Deletes conntrack entries of UDP flows; those that are not there are fine. */
export async function forgetFlows(flows: readonly StaleFlow[], logger: Logger): Promise<void> {
  for (const flow of flows) {
    const words = [
      '-D',
      '-p',
      'udp',
      '--orig-port-dst',
      String(flow.port),
      ...(flow.destination ? ['--orig-dst', flow.destination] : []),
      ...(flow.endpoint ? ['--dst-nat', flow.endpoint] : []),
    ];
    await new Promise<void>((resolve) => {
      execFile('conntrack', words, { timeout: 10_000 }, (error, _out, stderr) => {
        if (error && !stderr.includes('0 flow entries')) logger.warn('conntrack failed', { flow, stderr: stderr.trim() });
        resolve();
      });
    });
  }
}
