import { createHash } from 'node:crypto';
import type { User } from '../../http/index.ts';
import { authenticatedGroup } from './names.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';

function fields(line: string): readonly string[] {
  const found = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...found].map((m) => (m[1]?.replaceAll('""', '"') ?? m[2] ?? '').trim());
}

const digest = (token: string) => createHash('sha256').update(token).digest('base64');

/**
 * The tokens of a `--token-auth-file`: lines of `token,user,uid,"group1,group2"`. They are good for the server's own `audiences`. Throws where a line has fewer
 * than three fields.
 */
export function readStaticTokens(csv: string, audiences: readonly string[]): TokenAuthenticator {
  const byDigest = new Map<string, User>();
  for (const [i, line] of csv.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [token = '', name, uid, groups = ''] = fields(line);
    if (name === undefined || uid === undefined) throw new Error(`token file, line ${i + 1}: at least token, user name and user uid are needed`);
    if (token === '') throw new Error(`token file, line ${i + 1}: the token is empty`);
    const named = groups.split(',').flatMap((g) => (g.trim() === '' ? [] : [g.trim()]));
    byDigest.set(digest(token), { name, ...(uid === '' ? {} : { uid }), groups: [...named, authenticatedGroup] });
  }
  return {
    authenticateToken(token, wanted) {
      // Looked up by digest, so that the time taken tells nothing of the tokens.
      const user = byDigest.get(digest(token));
      const shared = wanted.filter((a) => audiences.includes(a));
      return user && (shared.length > 0 || audiences.length === 0) ? { user, audiences: shared } : undefined;
    },
  };
}
