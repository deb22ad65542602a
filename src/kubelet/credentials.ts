import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateSigningRequest } from '../api/index.ts';
import type { Clock, Logger, Rng } from '../base/index.ts';
import { type Client, createClient, type Transport } from '../client/index.ts';
import {
  type AlternativeNames,
  createSigningRequest,
  generateKeyPair,
  isSignedBy,
  loadKeyPair,
  makeSecretDirectory,
  readSubject,
  writeSecretFile,
} from '../pki/index.ts';
import { isInvalid, isNotFound } from '../apimachinery/index.ts';

/** A certificate and its private key, PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

interface CredentialOptions {
  /** Where they are kept: made with mode 0700. */
  readonly dir: string;
  readonly nodeName: string;
  /** PEM of the authorities whose certificates are taken again at a restart; any when absent. */
  readonly ca?: string;
  /** Ask for new ones even where those kept are good: for rotation. */
  readonly renew?: boolean;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface NodeCredentialOptions extends CredentialOptions {
  /** As a bootstrap user, or as the node itself to renew. */
  readonly bootstrap: Transport;
}

export interface ServingCredentialOptions extends CredentialOptions {
  /** As the node. */
  readonly client: Client;
  /** IP addresses of the Node's status: it must have been posted, or the request stays pending. */
  readonly addresses: readonly string[];
  /** The Node's hostname address; the node's name when absent. */
  readonly hostname?: string;
}

/** What the kubelet shows to the API server (`kubelet-client.pem` in `dir`). Rejects when denied, or with the signal's reason. */
export function nodeCredentials(options: NodeCredentialOptions): Promise<Credentials> {
  return credentials(createClient(options.bootstrap), 'kubelet-client.pem', {
    ...options,
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
    names: {},
  });
}

/** What the kubelet's own server shows (`kubelet-server.pem` in `dir`). Rejects when denied, or with the signal's reason. */
export function servingCredentials(options: ServingCredentialOptions): Promise<Credentials> {
  return credentials(options.client, 'kubelet-server.pem', {
    ...options,
    signerName: 'kubernetes.io/kubelet-serving',
    usages: ['digital signature', 'server auth'],
    names: { dnsNames: [options.hostname ?? options.nodeName], ipAddresses: options.addresses },
  });
}

interface Wanted extends CredentialOptions {
  readonly signerName: string;
  readonly usages: readonly string[];
  readonly names: AlternativeNames;
}

async function credentials(client: Client, file: string, wanted: Wanted): Promise<Credentials> {
  const path = join(wanted.dir, file);
  const kept = wanted.renew ? undefined : await readKept(path);
  if (kept && isUsable(kept, wanted)) return kept;
  await makeSecretDirectory(wanted.dir);
  const keys = generateKeyPair();
  const subject = { commonName: `system:node:${wanted.nodeName}`, organizations: ['system:nodes'] };
  const request = createSigningRequest({ subject, names: wanted.names, keys });
  const cert = await requestCertificate(client, request, wanted);
  if (!new X509Certificate(cert).checkPrivateKey(keys.privateKey)) throw new Error('the certificate that was issued is for another key');
  const made = { cert, key: keys.privateKeyPem };
  // One file, so that no crash can part a certificate from its key.
  await writeSecretFile(path, made.cert.trimEnd() + '\n' + made.key);
  return made;
}

async function readKept(path: string): Promise<Credentials | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const keyAt = text.search(/-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return keyAt < 0 ? undefined : { cert: text.slice(0, keyAt), key: text.slice(keyAt) };
}

/** Whether those kept are this node's, belong together, bear its names and are valid for more than a tenth of their life. */
function isUsable(kept: Credentials, wanted: Wanted): boolean {
  try {
    const now = wanted.clock.now();
    const certificate = new X509Certificate(kept.cert);
    const { startMs, endMs } = validityOf(certificate);
    if (now < startMs || now > endMs - (endMs - startMs) / 10) return false;
    if (!certificate.checkPrivateKey(loadKeyPair(kept.key).privateKey)) return false;
    if (readSubject(certificate.raw).commonName !== `system:node:${wanted.nodeName}`) return false;
    const { dnsNames = [], ipAddresses = [] } = wanted.names;
    if (!dnsNames.every((n) => certificate.checkHost(n)) || !ipAddresses.every((ip) => certificate.checkIP(ip))) return false;
    return wanted.ca === undefined || isSignedBy(kept.cert, wanted.ca, now);
  } catch (error) {
    wanted.logger.warn('kept credentials cannot be read: new ones are asked for', { error });
    return false;
  }
}

function validityOf(certificate: X509Certificate): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Date.parse(certificate.validFrom), endMs: Date.parse(certificate.validTo) };
}

const eagerPollMs = 200;
const eagerPolls = 50;
const patientPollMs = 2000;
/** Requests are removed by the cluster when pending for long: then another is made. */
const giveUpMs = 15 * 60_000;

async function requestCertificate(client: Client, request: string, wanted: Wanted): Promise<string> {
  const { clock, signal, logger } = wanted;
  const requests = client.resource<CertificateSigningRequest>('certificatesigningrequests');
  for (;;) {
    const { signerName, usages } = wanted;
    const spec = { request: Buffer.from(request).toString('base64'), signerName, usages };
    const made = await insist(() => requests.create({ metadata: { generateName: 'csr-' }, spec }, { signal }), wanted);
    const name = made.metadata?.name ?? '';
    logger.info('waiting for a certificate', { csr: name, signer: signerName });
    const until = clock.monotonicMs() + giveUpMs;
    for (let polls = 0; clock.monotonicMs() < until; polls++) {
      const csr = polls === 0 ? made : await insist(() => requests.get(name, { signal }).catch(absent), wanted);
      if (csr === undefined) break;
      const cert = issued(csr);
      if (cert !== undefined) return cert;
      await clock.sleep(polls < eagerPolls ? eagerPollMs : patientPollMs, signal);
    }
  }
}

/** A node starts before its API server answers, and before it has its rights. Only a request that can never pass is given up. */
async function insist<T>(call: () => Promise<T>, { clock, signal, logger }: Wanted): Promise<T> {
  for (let waitMs = eagerPollMs; ; waitMs = Math.min(2 * waitMs, patientPollMs)) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (isInvalid(error)) throw error;
      logger.warn('the API server did not take a certificate request: trying again', { error });
      await clock.sleep(waitMs, signal);
    }
  }
}

function absent(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}

function issued(csr: CertificateSigningRequest): string | undefined {
  const name = csr.metadata?.name ?? '';
  const condition = (type: string) => csr.status?.conditions?.find((c) => c.type === type);
  const denied = condition('Denied');
  if (denied) throw new Error(`certificate signing request ${name} is denied, reason: ${denied.reason ?? ''}, message: ${denied.message ?? ''}`);
  const failed = condition('Failed');
  if (failed) throw new Error(`certificate signing request ${name} failed, reason: ${failed.reason ?? ''}, message: ${failed.message ?? ''}`);
  const { certificate = '' } = csr.status ?? {};
  if (certificate === '' || !condition('Approved')) return undefined;
  return Buffer.from(certificate, 'base64').toString('utf8');
}

export interface RotationOptions {
  readonly current: Credentials;
  /** Gets new ones: `nodeCredentials` or `servingCredentials` with `renew`. */
  readonly renew: () => Promise<Credentials>;
  readonly onRotated: (credentials: Credentials) => void;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Timers of Node hold 24.8 days. */
const longestSleepMs = 24 * 3_600_000;
const retryMs = 60_000;

/** Renews credentials at about four fifths of their life, for as long as `signal` lives. Tries again each minute. Never rejects. */
export async function rotateCredentials(options: RotationOptions): Promise<void> {
  const { clock, rng, signal, logger } = options;
  let current = options.current;
  try {
    for (;;) {
      const { startMs, endMs } = validityOf(new X509Certificate(current.cert));
      // Spread, so that nodes made together do not all ask at once.
      const dueMs = startMs + (endMs - startMs) * (0.78 + 0.04 * rng.next());
      while (clock.now() < dueMs) await clock.sleep(Math.min(longestSleepMs, dueMs - clock.now()), signal);
      try {
        current = await options.renew();
        options.onRotated(current);
      } catch (error) {
        signal.throwIfAborted();
        logger.error('credentials could not be renewed', { error });
        await clock.sleep(retryMs, signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) logger.error('credentials are renewed no more', { error });
  }
}
