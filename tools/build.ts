/**
 * Builds the published package into `dist`: one ESM bundle for each subpath and for the command, made in one run with code splitting (so
 * that a class exists once), pure-JavaScript dependencies inside (bundled they load three times cheaper) and native ones outside;
 * declarations by tsc; descriptions of the API joined. Does nothing when `dist` is newer than every source file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { getBuiltinModule } from 'node:process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildResult, type Metafile, type Plugin } from 'esbuild';
import { readDescriptions } from '../src/api/index.ts';
import { root } from './source-files.ts';

const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const native = ['lmdb'];

const entryPoints = {
  index: 'src/index.ts',
  'client/index': 'src/client/index.ts',
  'testing/index': 'src/testing/index.ts',
  'cli/main': 'src/cli/main.ts',
};

/** Bundles entry points, by the names of the files they become in `outdir`, as those of the package are. */
export function bundle(entries: Readonly<Record<string, string>>, outdir: string): Promise<BuildResult<{ metafile: true }>> {
  return build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: native,
    plugins: [lightBuiltIns],
    // For dependencies in CommonJS.
    banner: { js: "import { createRequire as kubetsCreateRequire } from 'node:module';\nconst require = kubetsCreateRequire(import.meta.url);" },
    chunkNames: 'chunks/[name]-[hash]',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
}

/** Builds what is not fresh. */
export async function buildPackage(): Promise<void> {
  if (isFresh()) return;
  rmSync(dist, { recursive: true, force: true });
  const { metafile } = await bundle(entryPoints, dist);
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licenses(metafile));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  const descriptions = await readDescriptions();
  if (!descriptions) throw new Error('@kubernetes/client-node is not installed: run npm ci');
  writeFileSync(join(dist, 'api-descriptions.json.gz'), gzipSync(JSON.stringify(descriptions), { level: 9 }));
  writeFileSync(stamp, '');
}

/**
 * `import 'node:http'` makes a namespace of everything, lazy getters included, and so loads undici for its `WebSocket` (50 ms, 7 MiB);
 * `node:crypto` and others are alike. Of a built-in taken by `getBuiltinModule` only the names that are used are looked at.
 */
const lightBuiltIns: Plugin = {
  name: 'light built-ins',
  setup(on) {
    on.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.startsWith('node:') ? path : `node:${path}`;
      return kind === 'import-statement' ? { path: name, namespace: 'light', sideEffects: false } : { path: name, external: true };
    });
    on.onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => {
      const names = Object.keys(getBuiltinModule(path)!).filter((name) => name !== 'default' && /^[A-Za-z]\w*$/.test(name));
      const exported = names.map((name) => `const $${name} = /* @__PURE__ */ take('${name}');\nexport { $${name} as ${name} };\n`);
      return { contents: `const m = process.getBuiltinModule('${path}');\nconst take = (name) => m[name];\nexport default m;\n${exported.join('')}` };
    });
  },
};

/** The licenses of what was bundled: they ask to go along with it. */
function licenses(metafile: Metafile): string {
  const names = new Set(Object.keys(metafile.inputs).flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[0] ?? []));
  return [...names].toSorted().map(licenseOf).join('\n');
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>>;
  const file = globSync('{LICENSE,LICENCE,license,COPYING}*', { cwd: join(root, folder) })[0];
  return `${'='.repeat(80)}\n${name} ${version}: ${license}\n\n${file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8')}\n`;
}

function isFresh(): boolean {
  if (!existsSync(stamp)) return false;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = [...globSync('src/**/*', { cwd: root }), 'tools/build.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  return sources.every((f) => statSync(join(root, f)).mtimeMs <= builtMs);
}

if (import.meta.main) await buildPackage();
