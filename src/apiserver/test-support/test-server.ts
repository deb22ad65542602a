import { type ResourceDefinition, schemaOf } from '../../api/index.ts';
import { assert, type Clock, realClock, seededRng, silentLogger } from '../../base/index.ts';
import { openMemoryEtcd } from '../../etcd/index.ts';
import { inject, type InjectedReply, type User } from '../../http/index.ts';
import type { SecurityFactories } from '../context.ts';
import type { ApiServer, ApiServerOptions } from '../options.ts';
import { createApiServer } from '../server.ts';

export const admin: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Everyone is admin, or whom `authorization: Bearer NAME` says; user `nobody` may do nothing. */
export const openSecurity: SecurityFactories = {
  authenticator: () => ({
    authenticate(request) {
      const token = /^Bearer (.*)$/.exec(request.headers['authorization'] ?? '')?.[1];
      if (token === 'bad') return undefined;
      return token === undefined ? admin : { name: token, groups: ['system:authenticated'] };
    },
  }),
  authorizer: () => ({ authorize: (a) => ({ verdict: a.user.name === 'nobody' ? 'NoOpinion' : 'Allow' }) }),
  admission: () => [],
};

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A definition of a built-in kind without any rules of its own. */
export function plainDefinition(
  kind: string,
  plural: string,
  more: Partial<ResourceDefinition> & { readonly version?: string } = {},
): ResourceDefinition {
  const { version = 'v1', group = '', ...rest } = more;
  return {
    group,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    scope: 'Namespaced',
    verbs: allVerbs,
    versions: [
      {
        version,
        served: true,
        schema: schemaOf(group, version, kind),
        columns: [
          { name: 'Name', type: 'string', format: 'name', value: (o) => o.metadata?.name ?? '' },
          { name: 'Age', type: 'date', value: (o) => ({ ageOf: o.metadata?.creationTimestamp }) },
        ],
      },
    ],
    storageVersion: version,
    strategy: {},
    subresources: [],
    selectableFields: {},
    ...rest,
  };
}

export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  /** One whole request through the wire, its body parsed where it is JSON. */
  send(
    method: string,
    url: string,
    init?: { readonly body?: unknown; readonly type?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<TestReply>;
}

export interface TestReply {
  readonly status: number;
  readonly headers: InjectedReply['headers'];
  readonly text: string;
  readonly json: TestJson;
}

/** A JSON object as tests look into it: any member may be there. */
export interface TestJson {
  readonly [key: string]: TestJson | undefined;
}

/** A member that is a text; anything else as JSON. */
export function textOf(json: TestJson | undefined): string {
  return typeof json === 'string' ? json : JSON.stringify(json ?? null);
}

/** A member that must be a list. */
export function listOf(json: TestJson | undefined): readonly TestJson[] {
  assert(Array.isArray(json), 'a list was expected');
  return json as unknown as readonly TestJson[];
}

/** A started server on a store in memory. */
export async function startTestServer(options: Partial<ApiServerOptions> & { readonly clock?: Clock } = {}): Promise<TestServer> {
  const clock = options.clock ?? realClock;
  const etcd = options.etcd ?? openMemoryEtcd({ clock });
  const server = createApiServer({ etcd, clock, rng: seededRng(1), logger: silentLogger, security: openSecurity, ...options });
  await server.start();
  return {
    server,
    async send(method, url, init = {}) {
      const { body } = init;
      const bytes = body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      const type = init.type ?? (body === undefined ? undefined : 'application/json');
      const reply = await inject(server.wireHandler, {
        method,
        url,
        headers: { ...(type === undefined ? {} : { 'content-type': type }), ...init.headers },
        ...(bytes === undefined ? {} : { body: bytes }),
      });
      const text = Buffer.from(reply.body).toString('utf8');
      const isJson = String(reply.headers['content-type']).startsWith('application/json') && text !== '';
      return { status: reply.status, headers: reply.headers, text, json: (isJson ? JSON.parse(text) : undefined) as TestJson };
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await etcd[Symbol.asyncDispose]();
    },
  };
}
