import { Command as Program } from 'commander';
import { openSocketForParent, socketChildWord, UserError } from '../cluster/index.ts';
import type { Command, Flag, FlagValues, Io } from './command.ts';
import { commands } from './commands/index.ts';

/** The `kubets` command. The only place that knows argv and the terminal. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const [word, host, port] = argv.slice(2);
  if (word === socketChildWord) return openSocketForParent(host!, Number(port));
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort(new Error(name)));
  const io: Io = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    stdin: process.stdin,
    isTerminal: process.stdout.isTTY,
    signal: ended.signal,
    entry: argv[1]!,
  };
  const program = new Program('kubets').description('Kubernetes, written in TypeScript').showHelpAfterError().configureOutput(oneLineErrors);
  for (const command of commands) addCommand(program, command, io);
  // The clock's timers keep no process alive: a command that waits on one does.
  const alive = setInterval(() => {}, 2 ** 30);
  await program.parseAsync([...argv]);
  clearInterval(alive);
}

function addCommand(program: Program, command: Command, io: Io): void {
  const words = command.use.split(' ');
  const parent = words.length > 1 && !/^[<[]/.test(words[1]!) ? subProgram(program, words.shift()!) : program;
  const sub = parent.command(words.join(' '), { hidden: command.hidden ?? false }).description(command.short);
  if (command.example) sub.addHelpText('after', `\nExample:\n  ${command.example}`);
  // A wrong flag is one line; a wrong verb shows them all.
  sub.showHelpAfterError(false);
  for (const flag of command.flags) addFlag(sub, flag);
  sub.action(async (...given: unknown[]) => {
    const flags = given.at(-2) as FlagValues;
    const args = given.slice(0, -2).flat() as string[];
    await runCommand(command, io, { args, flags });
  });
}

function addFlag(sub: Program, flag: Flag): void {
  if (!flag.repeatable) sub.option(flag.flags, flag.description, flag.default as string);
  else sub.option(flag.flags, flag.description, (value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
}

/** As our own: `kubets: …`. */
const oneLineErrors = { outputError: (text: string, write: (text: string) => void) => write(text.replace(/^error: /, 'kubets: ')) };

function subProgram(program: Program, name: string): Program {
  return program.commands.find((c) => c.name() === name) ?? program.command(name);
}

async function runCommand(command: Command, io: Io, given: { readonly args: readonly string[]; readonly flags: FlagValues }): Promise<void> {
  try {
    process.exitCode = await command.run(io, given.args, given.flags);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.err(`kubets: ${error.message}\n`);
    process.exitCode = 1;
  }
}
