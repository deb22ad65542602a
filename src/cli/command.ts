/** Where a command writes, and what it may know of the world. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: NodeJS.ReadableStream;
  readonly isTerminal: boolean;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** The script that daemons are started from. */
  readonly entry: string;
}

export interface Flag {
  /** As commander writes it: `--port <number>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string | boolean;
  /** May be given several times: its value is a list. */
  readonly repeatable?: true;
}

export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One verb of `kubets`: a file here and a line in the registry. Resolves with the exit code; throws `UserError` for what the user can mend. */
export interface Command {
  /** `image load <file>`: words, then arguments as commander writes them. */
  readonly use: string;
  readonly short: string;
  readonly example?: string;
  /** Not shown in help: how daemons start each other. */
  readonly hidden?: boolean;
  readonly flags: readonly Flag[];
  run(io: Io, args: readonly string[], flags: FlagValues): Promise<number>;
}

export function textFlag(flags: FlagValues, name: string): string {
  const value = flags[name];
  return typeof value === 'string' ? value : '';
}
