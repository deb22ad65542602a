import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { builtinGroupVersions } from '../builtin-schemas.ts';
import { type Descriptions, joinDescriptions } from './descriptions.ts';

/** Joins the descriptions from the development dependency `@kubernetes/client-node`; undefined when it is not installed. Takes 0.2 s. */
export async function readDescriptions(): Promise<Descriptions | undefined> {
  let folder: string;
  try {
    folder = join(dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node'))), 'gen', 'models');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.d.ts'));
    const files = await Promise.all(names.map(async (name) => ({ name: name.slice(0, -5), text: await readFile(join(folder, name), 'utf8') })));
    const types = builtinGroupVersions().flatMap((g) => g.types.map((type) => `${g.openApiPrefix}.${type}`));
    return joinDescriptions(types, files);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Descriptions that a build joined (`JSON.stringify` of them, gzipped) where there are such, else those of `readDescriptions`. */
export async function loadDescriptions(built?: URL): Promise<Descriptions | undefined> {
  if (built) {
    try {
      return JSON.parse((await promisify(gunzip)(await readFile(built))).toString()) as Descriptions;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return readDescriptions();
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND';
}
