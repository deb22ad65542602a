/**
 * The full form of an image reference, as Docker's and containerd's do: `busybox` is `docker.io/library/busybox:latest`, `a/b:1` is
 * `docker.io/a/b:1`. What has a dot, a colon or is `localhost` before the first slash is a registry. Throws on what is no reference.
 */
export function normalizeReference(reference: string): string {
  const [beforeDigest, digest] = splitOnce(reference, '@');
  const slash = beforeDigest.indexOf('/');
  const first = slash < 0 ? '' : beforeDigest.slice(0, slash);
  const isDomain = first.includes('.') || first.includes(':') || first === 'localhost';
  const given = isDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  let path = isDomain ? beforeDigest.slice(slash + 1) : beforeDigest;
  if (given === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  const [repository, tag] = splitOnce(path, ':');
  const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
  const fits =
    repository.length <= 255 &&
    repository.split('/').every((part) => component.test(part)) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/.test(digest)) &&
    /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d+)?$/.test(given);
  if (!fits) throw new Error(`invalid reference format: ${JSON.stringify(reference)}`);
  const suffix = tag === undefined && digest === undefined ? ':latest' : '';
  return `${given}/${path}${suffix}${digest === undefined ? '' : `@${digest}`}`;
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}
