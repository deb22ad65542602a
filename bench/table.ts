/** One row of the report. Figures of upstream and goals are those of kube-apiserver v1.36.1 with etcd 3.6.4, measured once on a machine of this kind (2 cores). */
export interface Row {
  readonly name: string;
  readonly rate?: string;
  readonly p50?: string;
  /** Server CPU of one operation. */
  readonly cpu?: string;
  readonly upstream?: string;
  readonly goal?: string;
  readonly stall?: string;
  readonly gc?: string;
  readonly note?: string;
}

const columns: readonly (readonly [keyof Row, string])[] = [
  ['name', 'operation'],
  ['rate', 'rate'],
  ['p50', 'p50'],
  ['cpu', 'server CPU/op'],
  ['upstream', 'upstream'],
  ['goal', 'goal'],
  ['stall', 'stall'],
  ['gc', 'GC'],
  ['note', ''],
];

export function printTable(rows: readonly Row[], write: (text: string) => void): void {
  const widths = columns.map(([key, title]) => Math.max(title.length, ...rows.map((r) => (r[key] ?? '').length)));
  const line = (cells: readonly string[]) =>
    write(
      `${cells
        .map((c, i) => c.padEnd(widths[i]!))
        .join('  ')
        .trimEnd()}\n`,
    );
  line(columns.map(([, title]) => title));
  for (const row of rows) line(columns.map(([key]) => row[key] ?? ''));
}
