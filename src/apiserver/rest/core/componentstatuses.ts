import { buildTable, type KubeObject, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { ValueBody } from '../../replies/value-body.ts';
import { sentReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';

const names = ['scheduler', 'controller-manager', 'etcd-0'] as const;
const columns = [
  { name: 'Name', type: 'string', format: 'name' },
  { name: 'Status', type: 'string' },
  { name: 'Message', type: 'string' },
  { name: 'Error', type: 'string' },
];
const kind = { group: '', version: 'v1', kind: 'ComponentStatus' };

function statusOf(name: string, withType: boolean): object {
  const type = withType ? { kind: 'ComponentStatus', apiVersion: 'v1' } : {};
  return { ...type, metadata: { name }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] };
}

/** The deprecated componentstatuses: made up, never stored. */
export function componentStatuses(): readonly RestHandler[] {
  async function get(scope: VerbScope): Promise<Reply> {
    if (!(names as readonly string[]).includes(scope.info.name)) throw statusErrors.notFound(scope.resource.groupResource, scope.info.name);
    return sentReply(scope, statusOf(scope.info.name, true), kind, 200);
  }
  async function list(scope: VerbScope): Promise<Reply> {
    if (scope.resource.lists.choose(scope.request.headers['accept']).form === 'Table') {
      const rows = names.map((name) => ({ object: statusOf(name, true) as KubeObject, cells: [name, 'Healthy', 'ok', ''] }));
      const table = buildTable({ columns, rows, metadata: {}, includeObject: 'Metadata', nowMs: 0 });
      return { kind: 'value', status: 200, body: new ValueBody(table) };
    }
    const value = { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: names.map((n) => statusOf(n, false)) };
    return sentReply(scope, value, { ...kind, kind: 'ComponentStatusList' }, 200);
  }
  return [{ group: '', resource: 'componentstatuses', subresource: '', verbs: { get, list }, exclusive: true }];
}
