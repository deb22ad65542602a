/** What types and fields are for, by OpenAPI name: joined from a package at build time, never part of the source. */
export interface Descriptions {
  readonly [typeName: string]: { readonly type: string; readonly fields: Readonly<Record<string, string>> } | undefined;
}

/** A declaration file of `@kubernetes/client-node`: its class's name and its text. */
export interface ModelFile {
  readonly name: string;
  readonly text: string;
}

const member = /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*)?'([^']+)'\??: [^;]+;/g;
const classHead = /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*)?export declare class \w+ \{/;

function clean(comment: string | undefined): string {
  if (comment === undefined) return '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()
    .replaceAll(/\\(['"\\])/g, '$1')
    .replaceAll('*_/', '*/');
}

function parseModel(text: string): { readonly type: string; readonly fields: Readonly<Record<string, string>> } {
  const head = classHead.exec(text);
  const fields: Record<string, string> = {};
  const body = head ? text.slice(head.index + head[0].length) : '';
  for (const m of body.slice(0, body.indexOf('static ')).matchAll(member)) {
    const about = clean(m[1]);
    if (about !== '') fields[m[2]!] = about;
  }
  return { type: clean(head?.[1]), fields };
}

/** The names a type may have there: `V1Pod`, or `CoreV1Event` where several groups have an Event. */
function modelNames(typeName: string): readonly string[] {
  const [group, version, name] = typeName.split('.').slice(-3) as [string, string, string];
  const pascal = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return [`${pascal(group)}${pascal(version)}${name}`, `${pascal(version)}${name}`];
}

/** Joins the package's comments to the types named. */
export function joinDescriptions(typeNames: readonly string[], files: readonly ModelFile[]): Descriptions {
  const byName = new Map(files.map((f) => [f.name, f.text]));
  const found: Record<string, { type: string; fields: Readonly<Record<string, string>> }> = {};
  for (const typeName of typeNames) {
    const text = modelNames(typeName)
      .map((name) => byName.get(name))
      .find((t) => t !== undefined);
    if (text !== undefined) found[typeName] = parseModel(text);
  }
  return found;
}
