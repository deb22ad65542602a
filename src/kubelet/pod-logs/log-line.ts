/** What asks for a part of a log's lines and their form; all of `PodLogOptions` that concerns one line. */
export interface LineOptions {
  readonly timestamps: boolean;
  /** Lines before this moment (milliseconds since the Unix epoch) are left out. */
  readonly sinceMs?: number;
  /** At most so many bytes are told, the last line cut where it must be. */
  readonly limitBytes?: number;
}

/** A line that a runtime never writes: containerd splits at 16 KiB. Longer ones are dropped, so that no writer can fill the memory. */
export const maxLineBytes = 1024 * 1024;

const space = 0x20;
const newline = 0x0a;
const colon = 0x3a;
const partialTag = 0x50;
const newlineBytes = Buffer.from('\n');

/** Nine digits of a second in any case, as upstream shows times of logs (RFC 3339, fixed width). */
export function fixedNanos(time: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  return parts ? `${parts[1]}.${(parts[2] ?? '').padEnd(9, '0')}${parts[3]}` : time;
}

interface Line {
  readonly time: string;
  readonly partial: boolean;
  readonly content: Buffer;
}

/** Reads `TIME STREAM TAGS CONTENT` (CRI's log format); undefined for what is not of this form. */
export function parseLine(line: Buffer): Line | undefined {
  const first = line.indexOf(space);
  if (first < 1) return undefined;
  const second = line.indexOf(space, first + 1);
  if (second < 0) return undefined;
  const stream = line.toString('latin1', first + 1, second);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const third = line.indexOf(space, second + 1);
  const end = third < 0 ? line.length : third;
  if (end === second + 1) return undefined;
  const after = line[second + 2];
  const partial = line[second + 1] === partialTag && (end === second + 2 || after === colon);
  return { time: line.toString('latin1', 0, first), partial, content: third < 0 ? line.subarray(line.length) : line.subarray(third + 1) };
}

/** Turns a log file's bytes, in whatever pieces they come, into what a client reads. Pure; holds at most one unfinished line. */
export class LogLines {
  readonly #options: LineOptions;
  #carry: Buffer[] = [];
  #carryBytes = 0;
  #dropping = false;
  /** The last line told was a part: what follows it has no time of its own. */
  #inPartial = false;
  #left: number;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Nothing more will be told: the limit is reached. */
  get full(): boolean {
    return this.#left <= 0;
  }

  push(bytes: Buffer): Buffer {
    const out: Buffer[] = [];
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(newline, start);
      if (end < 0) break;
      this.#line(bytes.subarray(start, end), out);
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
    return Buffer.concat(out);
  }

  /** What is left without a newline at the end of a file that nobody writes any more. */
  finish(): Buffer {
    const out: Buffer[] = [];
    if (this.#carryBytes > 0) this.#line(Buffer.alloc(0), out);
    return Buffer.concat(out);
  }

  /** The file was begun anew. */
  reset(): void {
    this.#carry = [];
    this.#carryBytes = 0;
    this.#dropping = false;
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#carryBytes += rest.length;
    if (this.#carryBytes > maxLineBytes) {
      this.#carry = [];
      this.#dropping = true;
      this.#carryBytes = 1;
    }
    // Copied: the reader reuses its buffer.
    if (!this.#dropping) this.#carry.push(Buffer.from(rest));
  }

  #line(end: Buffer, out: Buffer[]): void {
    const whole = this.#carry.length > 0 ? Buffer.concat([...this.#carry, end]) : end;
    const dropped = this.#dropping;
    this.reset();
    const line = dropped ? undefined : parseLine(whole);
    if (line === undefined) return;
    if (this.#options.sinceMs !== undefined && Date.parse(line.time) < this.#options.sinceMs) return;
    if (this.#options.timestamps && !this.#inPartial) this.#tell(Buffer.from(`${fixedNanos(line.time)} `), out);
    this.#tell(Buffer.from(line.content), out);
    if (!line.partial) this.#tell(newlineBytes, out);
    this.#inPartial = line.partial;
  }

  #tell(bytes: Buffer, out: Buffer[]): void {
    if (this.#left <= 0 || bytes.length === 0) return;
    const told = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= told.length;
    out.push(told);
  }
}
