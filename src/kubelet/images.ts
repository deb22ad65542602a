import { type Clock, errorText } from '../base/index.ts';
import type { Container, Pod } from '../api/index.ts';
import { type CriRuntime, type Image, normalizeReference } from '../cri/index.ts';
import type { PodEvents } from './pod-events.ts';
import { pullCredentials, type PullSecrets } from './pull-credentials.ts';
import { Backoff, goMilliseconds } from './restart-backoff.ts';
import { runtimeErrorText } from './runtime-error-text.ts';

/** Why a container cannot have its image, as its waiting state says it. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: 'ErrImageNeverPull' | 'ErrImagePull' | 'ImagePullBackOff' | 'InvalidImageName' | 'ImageInspectError';

  constructor(reason: ImageError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Sees to it that images are there, as the pull policies say. Pulls of one image at a time are one pull. */
export class Images {
  readonly #secrets: PullSecrets;
  readonly #runtime: CriRuntime;
  readonly #clock: Clock;
  readonly #events: PodEvents;
  readonly #backoff = new Backoff();
  readonly #failures = new Map<string, { readonly atMs: number; readonly message: string }>();
  readonly #pulls = new Map<string, Promise<string>>();

  constructor(options: { readonly runtime: CriRuntime; readonly clock: Clock; readonly events: PodEvents; readonly secrets: PullSecrets }) {
    this.#secrets = options.secrets;
    this.#runtime = options.runtime;
    this.#clock = options.clock;
    this.#events = options.events;
  }

  /** Resolves with the image once it is there; throws `ImageError`. */
  async ensure(pod: Pod, container: Container): Promise<Image> {
    const wanted = container.image ?? '';
    const reference = this.#reference(pod, container, wanted);
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    const present = await this.#runtime.imageStatus({ image: reference });
    if (present && policy !== 'Always') {
      this.#events.container(pod, container, {
        type: 'Normal',
        reason: 'Pulled',
        message: `Container image ${JSON.stringify(wanted)} already present on machine and can be accessed by the pod`,
      });
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image ${JSON.stringify(wanted)} is not present with pull policy of Never`;
      this.#events.container(pod, container, { type: 'Warning', reason: 'ErrImageNeverPull', message });
      throw new ImageError('ErrImageNeverPull', message);
    }
    await this.#pull(pod, container, { wanted, reference });
    const pulled = await this.#runtime.imageStatus({ image: reference });
    if (!pulled) throw new ImageError('ErrImagePull', `image ${reference} is gone after its pull`);
    return pulled;
  }

  #reference(pod: Pod, container: Container, wanted: string): string {
    try {
      return normalizeReference(wanted);
    } catch (error) {
      const message = `Failed to apply default image tag ${JSON.stringify(wanted)}: ${errorText(error)}`;
      this.#events.container(pod, container, { type: 'Warning', reason: 'InspectFailed', message });
      throw new ImageError('InvalidImageName', message);
    }
  }

  async #pull(pod: Pod, container: Container, { wanted, reference }: { readonly wanted: string; readonly reference: string }): Promise<void> {
    const key = `${pod.metadata?.uid}_${wanted}`;
    const failed = this.#failures.get(key);
    if (failed && this.#backoff.remaining(key, failed.atMs, this.#clock.now()) > 0) {
      this.#events.container(pod, container, { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image ${JSON.stringify(wanted)}` });
      throw new ImageError('ImagePullBackOff', `Back-off pulling image ${JSON.stringify(wanted)}: ${failed.message}`);
    }
    this.#events.container(pod, container, { type: 'Normal', reason: 'Pulling', message: `Pulling image ${JSON.stringify(wanted)}` });
    const startedMs = this.#clock.monotonicMs();
    try {
      await this.#pullWithSecrets(pod, reference);
    } catch (error) {
      const message = runtimeErrorText(error);
      this.#events.container(pod, container, {
        type: 'Warning',
        reason: 'Failed',
        message: `Failed to pull image ${JSON.stringify(wanted)}: ${message}`,
      });
      this.#backoff.next(key, this.#clock.now());
      this.#failures.set(key, { atMs: this.#clock.now(), message: `ErrImagePull: ${message}` });
      throw new ImageError('ErrImagePull', message);
    }
    this.#failures.delete(key);
    const size = (await this.#runtime.imageStatus({ image: reference }))?.size ?? 0;
    const took = goMilliseconds(this.#clock.monotonicMs() - startedMs);
    this.#events.container(pod, container, {
      type: 'Normal',
      reason: 'Pulled',
      message: `Successfully pulled image ${JSON.stringify(wanted)} in ${took} (${took} including waiting). Image size: ${size} bytes.`,
    });
  }

  /** With each credential for the registry in turn, or as nobody where there is none. */
  async #pullWithSecrets(pod: Pod, reference: string): Promise<void> {
    const { credentials, missing } = await pullCredentials(pod, reference, this.#secrets);
    if (missing.length > 0) {
      const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
      this.#events.pod(pod, { type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message });
    }
    if (credentials.length === 0) return void (await this.#pullOnce(reference));
    for (const [i, auth] of credentials.entries()) {
      try {
        await this.#runtime.pullImage({ image: reference }, { auth });
        return;
      } catch (error) {
        if (i === credentials.length - 1) throw error;
      }
    }
  }

  #pullOnce(reference: string): Promise<string> {
    let pull = this.#pulls.get(reference);
    if (!pull) {
      pull = this.#runtime.pullImage({ image: reference }).finally(() => this.#pulls.delete(reference));
      this.#pulls.set(reference, pull);
    }
    return pull;
  }

  /** Forgets what it knows of a pod that is gone. */
  forget(podUid: string): void {
    this.#backoff.forget(`${podUid}_`);
    for (const key of this.#failures.keys()) if (key.startsWith(`${podUid}_`)) this.#failures.delete(key);
  }
}
