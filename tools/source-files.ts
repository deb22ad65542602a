import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = normalize(join(dirname(fileURLToPath(import.meta.url)), '..'));

export interface SourceFile {
  /** Relative to the package, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  /** Paths of the project's own files it imports, types included. */
  readonly imports: readonly string[];
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"](\.{1,2}\/[^'"]+)['"]|import\(\s*['"](\.{1,2}\/[^'"]+)['"]\s*\)|new URL\(\s*['"](\.{1,2}\/[^'"]+\.ts)['"]/g;

/** All TypeScript files below the given folders of the package. */
export function readSources(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readSource(join(entry.parentPath, entry.name)))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(importPattern)].map((m) => toPath(join(dirname(file), m[1] ?? m[2] ?? m[3]!)));
  return { path: toPath(file), text, isTest: /\.test\.ts$/.test(file), imports };
}

function toPath(file: string): string {
  return relative(root, file).split(sep).join('/');
}
