import type { Row } from './table.ts';

/** What needs nodes: from `kubectl run` to Running. Empty until the agent can be started by a benchmark. */
export async function nodeRows(_report: (row: Row) => void): Promise<void> {}
