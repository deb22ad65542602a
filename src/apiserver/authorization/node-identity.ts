import type { User } from '../../http/index.ts';

const prefix = 'system:node:';
const nodesGroup = 'system:nodes';

/** The node that a user is, '' when it is none: `system:node:NAME` in group system:nodes. */
export function nodeNameOf(user: User): string {
  return user.name.startsWith(prefix) && user.groups.includes(nodesGroup) ? user.name.slice(prefix.length) : '';
}
