import { execFile } from 'node:child_process';
import type { Logger } from '../base/index.ts';
import type { StaleFlow } from './rule-set.ts';

/** Deletes conntrack entries of UDP flows; those that are not there are fine. */
export async function forgetFlows(
  flows: readonly StaleFlow[],
  options: { readonly logger: Logger; readonly command?: readonly string[] },
): Promise<void> {
  const [program, ...before] = options.command ?? ['conntrack'];
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
      execFile(program!, [...before, ...words], { timeout: 10_000 }, (error, _out, stderr) => {
        if (error && !stderr.includes('0 flow entries')) options.logger.warn('conntrack failed', { flow, stderr: stderr.trim() });
        resolve();
      });
    });
  }
}
