import { createHash, X509Certificate } from 'node:crypto';
import type { Clock } from '../../base/index.ts';
import type { Connection, HttpRequest, User } from '../../http/index.ts';
import { readSubject } from '../../pki/index.ts';
import { statusErrors } from '../../apimachinery/index.ts';
import type { Authenticator } from '../auth-types.ts';
import { authenticatedGroup, credentialIdKey } from './names.ts';

interface Known {
  /** Undefined where the certificate names nobody. */
  readonly user: User | undefined;
  readonly notAfterMs: number;
}

function read(certificate: Uint8Array): Known {
  const { commonName, organizations } = readSubject(certificate);
  const notAfterMs = Date.parse(new X509Certificate(certificate).validTo);
  if (commonName === '') return { user: undefined, notAfterMs };
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const groups = organizations.includes(authenticatedGroup) ? organizations : [...organizations, authenticatedGroup];
  return { user: { name: commonName, groups, extra: { [credentialIdKey]: [`X509SHA256=${fingerprint}`] } }, notAfterMs };
}

/**
 * Users by client certificate: common name and organizations. The TLS layer has verified it against the client CA; here it is read once a
 * connection, and seen to be still valid at each request.
 */
export class ClientCertificateAuthenticator implements Authenticator {
  readonly #clock: Clock;
  readonly #known = new WeakMap<Connection, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  authenticate({ connection }: HttpRequest): User | undefined {
    const certificate = connection.clientCertificate;
    if (!certificate) return undefined;
    let known = this.#known.get(connection);
    if (!known) {
      known = read(certificate);
      this.#known.set(connection, known);
    }
    if (this.#clock.now() > known.notAfterMs) throw statusErrors.unauthorized();
    return known.user;
  }
}
