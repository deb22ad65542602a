/**
 * The floor table as a check: a folder of `src` may import any lower floor, never a sibling or a higher one, and only through the other
 * folder's index.ts. Type imports count. Tests may look anywhere. Files must not form circles.
 */
import type { SourceFile } from './source-files.ts';

export const floors: Readonly<Record<string, number>> = {
  base: 0,
  http: 1,
  pki: 1,
  apimachinery: 1,
  raft: 1,
  cel: 2,
  api: 3,
  etcd: 3,
  cri: 3,
  client: 4,
  storage: 4,
  serving: 5,
  volume: 5,
  apiserver: 6,
  scheduler: 6,
  controller: 6,
  kubelet: 6,
  proxy: 6,
  dns: 6,
  hollow: 6,
  cluster: 7,
  testing: 8,
  cli: 8,
};

/** What lives on the client side meets the store through the API alone. */
const clientSide = new Set(['scheduler', 'controller', 'kubelet', 'proxy', 'dns', 'hollow']);
const storeSide = new Set(['raft', 'etcd', 'storage']);

/** Imports that the floors forbid, a line each. */
export function floorViolations(files: readonly SourceFile[]): string[] {
  return files.filter((f) => !f.isTest).flatMap((file) => file.imports.flatMap((target) => violation(file.path, target) ?? []));
}

function violation(from: string, to: string): string | undefined {
  const source = folderOf(from);
  const target = folderOf(to);
  if (source === undefined || source === target) return undefined;
  if (target === undefined) return `${from} imports ${to}, outside of src`;
  const [low, high] = [floors[target], floors[source]];
  if (low === undefined || high === undefined) return `${from} imports ${to}: a folder without a floor`;
  if (low >= high) return `${from} (floor ${high}) imports ${to} (floor ${low})`;
  if (clientSide.has(source) && storeSide.has(target)) return `${from} imports the store side: ${to}`;
  if (!to.endsWith(`src/${target}/index.ts`)) return `${from} imports ${to}, not ${target}/index.ts`;
  return undefined;
}

/** The folder of `src` a file is in; undefined for files outside of `src` and for its own public faces. */
function folderOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts[0] === 'src' && parts.length > 2 ? parts[1] : undefined;
}

/** Circles of files that import each other, each as its members in order of name (Tarjan's strongly connected components). */
export function circles(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.filter((f) => !f.isTest).map((f) => [f.path, f.imports]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node)!, low.get(next)!));
      } else if (stack.includes(next)) {
        low.set(node, Math.min(low.get(node)!, index.get(next)!));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members.toSorted());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}
