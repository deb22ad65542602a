import { examine, thisMachine } from '../../cluster/index.ts';
import type { Command } from '../command.ts';

export const doctor: Command = {
  use: 'doctor',
  short: 'Say what this machine lacks for real containers, and the command that mends it',
  flags: [],
  async run(io) {
    const findings = examine(thisMachine);
    for (const { missing, mend } of findings) io.out(`${missing} is missing: ${mend}\n`);
    if (findings.length === 0) io.out('Nothing is missing.\n');
    return findings.length === 0 ? 0 : 1;
  },
};
