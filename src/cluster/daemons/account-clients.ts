import { isAlreadyExists, isNotFound } from '../../apimachinery/index.ts';
import type { Clock } from '../../base/index.ts';
import { type Client, createClient, httpsTransport, type Transport } from '../../client/index.ts';
import type { Connection, Machinery } from './connect.ts';

const namespace = 'kube-system';
const expirationSeconds = 3600;
/** A token is replaced when this part of its life is over. */
const renewAt = 0.8;

interface TokenRequestStatus {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

export interface AccountClients {
  /** Acts as a service account of kube-system. Its tokens are asked for when needed. */
  clientFor(account: string): Client;
  close(): Promise<void>;
}

/** Clients for the service accounts of controllers: each with tokens of its own, by TokenRequest, as upstream's client builder has them. */
export function accountClients(options: Machinery & { readonly connection: Connection; readonly client: Client }): AccountClients {
  const { clock, rng, connection, client } = options;
  const { cert: _cert, key: _key, token: _token, tokenFile: _tokenFile, userAgent, ...server } = connection;
  const transports = new Map<string, Transport>();
  return {
    clientFor(account) {
      const known = transports.get(account);
      if (known) return createClient(known);
      const tokenSource = keepToken(() => requestToken(client, account), clock);
      const transport = httpsTransport({ ...server, userAgent: `${userAgent ?? 'kubets'}/${account}`, tokenSource, clock, rng });
      transports.set(account, transport);
      return createClient(transport);
    },
    async close() {
      for (const transport of transports.values()) await transport[Symbol.asyncDispose]();
    },
  };
}

interface Token {
  readonly text: string;
  readonly expiresMs: number;
}

/** Asks for a token at the first call and again near its end; calls that come meanwhile wait for the same one. */
export function keepToken(request: () => Promise<Token>, clock: Pick<Clock, 'now'>): () => Promise<string> {
  let held: { readonly text: string; readonly renewMs: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    const askedMs = clock.now();
    const { text, expiresMs } = await request();
    held = { text, renewMs: askedMs + (expiresMs - askedMs) * renewAt };
    return text;
  };
  return () => {
    if (held !== undefined && clock.now() < held.renewMs) return Promise.resolve(held.text);
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function requestToken(client: Client, account: string): Promise<Token> {
  const ask = () =>
    client.transport.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { audiences: [], expirationSeconds } },
    });
  const answer = await ask().catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    await createAccount(client, account);
    return ask();
  });
  const { status } = answer.value as TokenRequestStatus;
  return { text: status.token, expiresMs: Date.parse(status.expirationTimestamp) };
}

async function createAccount(client: Client, name: string): Promise<void> {
  try {
    await client.resource('serviceaccounts').create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
