const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${host}(?:\\.${host})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?`;
const reference = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@([A-Za-z0-9+.-]+:[0-9a-fA-F]{32,}))?$`,
);

/** The tag of an image's name: `latest` when there is neither tag nor digest; undefined with a digest alone, or when the name cannot be read. */
export function imageTag(image: string): string | undefined {
  const match = reference.exec(image);
  if (!match) return undefined;
  return match[1] ?? (match[2] === undefined ? 'latest' : undefined);
}

/** When an image is pulled unless said otherwise: what moves is pulled always. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}
