import type { Container, Pod } from '../../api/index.ts';
import { type AuthConfig, CriError, type CriRuntime, type Image, normalizeReference } from '../../cri/index.ts';
import type { Clock } from '../../base/index.ts';
import { KeyedBackoff } from '../plan/backoff.ts';
import type { ObjectSource } from '../objects.ts';
import type { PodEvents } from './pod-events.ts';

/** A container that cannot be started now: the reason is what its status shows. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: string;
  /** The event for it has been recorded by who found it. */
  readonly told: boolean;

  constructor(reason: string, message: string, options: { readonly cause?: unknown; readonly told?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.told = options.told ?? false;
  }
}

export interface ImageManagerOptions {
  readonly runtime: CriRuntime;
  readonly objects: ObjectSource;
  readonly clock: Clock;
}

/** Upstream's image back-off. */
const backoffMs = { initialMs: 10_000, maxMs: 300_000 };
/** Pulls at the same time, over all pods. */
const maxPulls = 4;

/** Sees to it that images are there, by their pull policies. */
export class ImageManager {
  readonly #options: ImageManagerOptions;
  readonly #backoff = new KeyedBackoff(backoffMs);
  readonly #lastErrors = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #pulling = 0;

  constructor(options: ImageManagerOptions) {
    this.#options = options;
  }

  /** The image, pulled if the policy says so. Throws `StartError`. */
  async ensure(pod: Pod, container: Container, context: { readonly events: PodEvents; readonly signal: AbortSignal }): Promise<Image> {
    const { events } = context;
    const name = container.image ?? '';
    const policy = container.imagePullPolicy ?? (/:latest$|^[^:@]*$/.test(name) ? 'Always' : 'IfNotPresent');
    const reference = this.#normalize(name, container, events);
    const present = await this.#inspect(reference, container, events);
    if (present && policy !== 'Always') {
      events.container(container, 'Normal', 'Pulled', `Container image ${JSON.stringify(name)} already present on machine`);
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image ${JSON.stringify(name)} is not present with pull policy of Never`;
      events.container(container, 'Warning', 'ErrImageNeverPull', message);
      throw new StartError('ErrImageNeverPull', message);
    }
    return await this.#pull(pod, container, { ...context, reference });
  }

  forget(uid: string): void {
    this.#backoff.forget(`${uid}_`);
    for (const key of this.#lastErrors.keys()) if (key.startsWith(`${uid}_`)) this.#lastErrors.delete(key);
  }

  #normalize(name: string, container: Container, events: PodEvents): string {
    try {
      return normalizeReference(name);
    } catch (e) {
      const message = `Failed to apply default image tag ${JSON.stringify(name)}: couldn't parse image name ${JSON.stringify(name)}: ${e instanceof Error ? e.message : String(e)}`;
      events.container(container, 'Warning', 'InspectFailed', message);
      throw new StartError('InvalidImageName', message, { cause: e });
    }
  }

  async #inspect(reference: string, container: Container, events: PodEvents): Promise<Image | undefined> {
    try {
      return await this.#options.runtime.imageStatus({ image: reference });
    } catch (e) {
      const message = `Failed to inspect image ${JSON.stringify(container.image)}: ${String(e)}`;
      events.container(container, 'Warning', 'InspectFailed', message);
      throw new StartError('ImageInspectError', message, { cause: e });
    }
  }

  async #pull(pod: Pod, container: Container, context: { readonly events: PodEvents; readonly signal: AbortSignal; readonly reference: string }): Promise<Image> {
    const { clock, runtime } = this.#options;
    const { events, signal, reference } = context;
    const name = container.image ?? '';
    const key = `${pod.metadata?.uid}_${name}`;
    if (this.#backoff.remainingMs(key, clock.now()) > 0) {
      const message = `Back-off pulling image ${JSON.stringify(name)}`;
      events.container(container, 'Normal', 'BackOff', message);
      const last = this.#lastErrors.get(key);
      throw new StartError('ImagePullBackOff', last ? `${message}: ${last}` : message);
    }
    events.container(container, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(name)}`);
    const from = clock.monotonicMs();
    try {
      await this.#slot(() => this.#pullWithSecrets(pod, reference, signal));
      const image = await runtime.imageStatus({ image: reference });
      if (!image) throw new Error(`image ${reference} is not there after its pull`);
      const took = `${Math.trunc(clock.monotonicMs() - from)}ms`;
      events.container(container, 'Normal', 'Pulled', `Successfully pulled image ${JSON.stringify(name)} in ${took} (${took} including waiting). Image size: ${image.size} bytes.`);
      this.#backoff.forget(key);
      return image;
    } catch (e) {
      signal.throwIfAborted();
      const message = e instanceof CriError ? e.toString() : String(e instanceof Error ? e.message : e);
      this.#backoff.next(key, clock.now());
      this.#lastErrors.set(key, `ErrImagePull: ${message}`);
      events.container(container, 'Warning', 'Failed', `Failed to pull image ${JSON.stringify(name)}: ${message}`);
      throw new StartError('ErrImagePull', message, { cause: e });
    }
  }

  /** Anonymous first where there are no secrets; else each secret that fits, until one is let in. */
  async #pullWithSecrets(pod: Pod, reference: string, signal: AbortSignal): Promise<void> {
    const auths = await this.#auths(pod, reference);
    let failure: unknown;
    for (const auth of auths.length > 0 ? auths : [undefined]) {
      try {
        await this.#options.runtime.pullImage({ image: reference }, { signal, ...(auth ? { auth } : {}) });
        return;
      } catch (e) {
        failure = e;
      }
    }
    throw failure;
  }

  async #auths(pod: Pod, reference: string): Promise<AuthConfig[]> {
    const registry = reference.split('/')[0]!;
    const auths: AuthConfig[] = [];
    for (const { name } of pod.spec?.imagePullSecrets ?? []) {
      const secret = name ? await this.#options.objects.secret(pod.metadata?.namespace ?? '', name) : undefined;
      const text = secret?.data?.['.dockerconfigjson'];
      if (text) auths.push(...authsOf(Buffer.from(text, 'base64').toString('utf8'), registry));
    }
    return auths;
  }

  async #slot<T>(work: () => Promise<T>): Promise<T> {
    if (this.#pulling >= maxPulls) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#pulling++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#pulling--;
    }
  }
}

/** The entries of a Docker configuration that are for `registry`. */
export function authsOf(dockerConfig: string, registry: string): AuthConfig[] {
  let parsed: { readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly username?: string; readonly password?: string }>> };
  try {
    parsed = JSON.parse(dockerConfig) as typeof parsed;
  } catch {
    // A secret that is none: the pull goes without, as upstream's does.
    return [];
  }
  return Object.entries(parsed.auths ?? {}).flatMap(([server, entry]) => {
    const host = server.replace(/^https?:\/\//, '').split('/')[0];
    const isHub = registry === 'docker.io' && /(^|\.)docker\.io$/.test(host ?? '');
    if (host !== registry && !isHub) return [];
    const { username, password, auth } = entry;
    if (username !== undefined && password !== undefined) return [{ username, password }];
    const [user, ...rest] = Buffer.from(auth ?? '', 'base64').toString('utf8').split(':');
    return user ? [{ username: user, password: rest.join(':') }] : [];
  });
}
