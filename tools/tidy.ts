/** House rules that a machine can check: lengths, calls banned in pure folders, dead files. Each exception is listed with its reason. */
import type { SourceFile } from './source-files.ts';

const maxLines = 500;

/** Files over the length, and why. */
export const longFiles: Readonly<Record<string, string>> = {
  'src/api/facts/core.ts': 'one table, a line each field of one API group',
};

/** Where the core is pure: no clock, no chance, no timers, no promises. Paths are prefixes. */
export const purePaths: readonly string[] = ['src/raft/', 'src/apimachinery/', 'src/api/', 'src/etcd/mvcc/'];

const banned: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(|\bnew Date\(\)/, 'reads the clock'],
  [/\bMath\.random\(/, 'draws chance'],
  [/\bset(?:Timeout|Interval|Immediate)\(/, 'starts a timer'],
  [/\bperformance\.now\(/, 'reads the clock'],
];

const bannedEverywhere: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.random\(/, 'Math.random: chance is passed in (Rng)'],
  [/@ts-(?:ignore|nocheck|expect-error)/, 'switches the type check off'],
  [/\b(?:TODO|FIXME|XXX)\b/, 'work left in the code: finish it or write it down in docs/STATUS.md'],
];

const outsideCommandLine: readonly (readonly [RegExp, string])[] = [
  [/\bprocess\.exit\(/, 'process.exit outside of the command line'],
  [/\bconsole\.\w+\(/, 'console outside of the command line'],
];

/** Lines that break a rule, as `path:line: what`. */
export function untidy(files: readonly SourceFile[]): string[] {
  return files.filter((f) => !f.isTest && !f.path.endsWith('.gen.ts')).flatMap((file) => [...tooLong(file), ...bannedCalls(file)]);
}

function tooLong(file: SourceFile): string[] {
  const lines = file.text.split('\n').length - 1;
  return lines > maxLines && longFiles[file.path] === undefined ? [`${file.path}: ${lines} lines, more than ${maxLines}`] : [];
}

function bannedCalls(file: SourceFile): string[] {
  if (!file.path.startsWith('src/')) return [];
  const rules = [
    ...bannedEverywhere,
    ...(purePaths.some((p) => file.path.startsWith(p)) ? banned : []),
    ...(file.path.startsWith('src/cli/') ? [] : outsideCommandLine),
  ];
  const found: string[] = [];
  for (const [i, line] of file.text.split('\n').entries()) {
    const code = line.trimStart();
    if (code.startsWith('*') || code.startsWith('//') || code.startsWith('/*')) continue;
    for (const [pattern, why] of rules) if (pattern.test(line)) found.push(`${file.path}:${i + 1}: ${why}`);
  }
  return found;
}

/** An explicit list of members: each is exported by a file below `folder` and named in `file`. */
export interface Registry {
  readonly file: string;
  readonly folder: string;
  /** An exported member; the first group is its name. */
  readonly member: RegExp;
}

const membersOfType = (type: string) => new RegExp(`^export (?:const|function) (\\w+)[^\\n]*: ${type} [={]`, 'gm');

export const registries: readonly Registry[] = [
  { file: 'src/api/resources.ts', folder: 'src/api/', member: /^export const (\w+) = define</gm },
  { file: 'src/apiserver/admission/index.ts', folder: 'src/apiserver/admission/', member: membersOfType('AdmissionPlugin') },
  { file: 'src/apiserver/rest/index.ts', folder: 'src/apiserver/rest/', member: membersOfType('readonly RestHandler\\[\\]') },
  { file: 'src/cli/commands/index.ts', folder: 'src/cli/commands/', member: membersOfType('Command') },
  {
    file: 'src/controller/controllers.ts',
    folder: 'src/controller/',
    member: /^export (?:const|function) (\w+)(?:[^\n]*: Controller [={]| = \w+Controller<)/gm,
  },
  { file: 'src/scheduler/plugins/index.ts', folder: 'src/scheduler/plugins/', member: membersOfType('FrameworkPlugin') },
  { file: 'src/volume/plugins/index.ts', folder: 'src/volume/plugins/', member: membersOfType('VolumePlugin') },
];

/** Members of a registry's folder, and those among them that the registry does not name outside of its imports. */
export function membersOf(
  registry: Registry,
  files: readonly SourceFile[],
): { readonly all: readonly string[]; readonly missing: readonly string[] } {
  const text = files.find((f) => f.path === registry.file)?.text ?? '';
  const list = new Set(text.replaceAll(/^(?:import|export) [^;]*? from '[^']*';$/gm, '').match(/\w+/g));
  const all = files
    .filter((f) => !f.isTest && f.path.startsWith(registry.folder) && f.path !== registry.file)
    .flatMap((f) => [...f.text.matchAll(registry.member)].map((m) => m[1]!));
  return { all, missing: all.filter((name) => !list.has(name)) };
}

/** Files that nothing reachable from the entry points imports. */
export function deadFiles(files: readonly SourceFile[], entryPoints: readonly string[]): string[] {
  const byPath = new Map(files.map((f) => [f.path, f]));
  const seen = new Set<string>();
  const queue = [...entryPoints];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    queue.push(...(byPath.get(path)?.imports ?? []));
  }
  return files.filter((f) => !f.isTest && !seen.has(f.path)).map((f) => f.path);
}
