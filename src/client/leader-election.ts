import type { Clock, Logger, Rng } from '../base/index.ts';
import { formatMicroTime, isConflict, isNotFound, type KubeObject } from '../apimachinery/index.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './event-recorder.ts';

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** coordination.k8s.io/v1 Lease, as far as elections need it. */
export interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface ElectionTimings {
  /** Others take over when the lease was not renewed for so long, by their own clock. */
  readonly leaseDurationMs: number;
  /** A leader that could not renew for so long steps down. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** Upstream's defaults of the control plane: 15 s, 10 s, 2 s. */
export const defaultElectionTimings: ElectionTimings = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

/** A lease as last seen changing, with the local time of that. Clocks of two machines are never compared. */
export interface ObservedLease {
  readonly lease: LeaseObject;
  readonly seenMs: number;
}

export type ElectionStep =
  | { readonly kind: 'create'; readonly spec: LeaseSpec }
  | { readonly kind: 'update'; readonly spec: LeaseSpec }
  | { readonly kind: 'wait' };

/** What `identity` should do about the lease it observes (undefined: there is none). Pure. */
export function electionStep(
  observed: ObservedLease | undefined,
  identity: string,
  now: { readonly wallMs: number; readonly monotonicMs: number; readonly leaseDurationMs: number },
): ElectionStep {
  const at = formatMicroTime(now.wallMs);
  const leaseDurationSeconds = Math.ceil(now.leaseDurationMs / 1000);
  if (observed === undefined) {
    return { kind: 'create', spec: { holderIdentity: identity, leaseDurationSeconds, acquireTime: at, renewTime: at, leaseTransitions: 0 } };
  }
  const spec = observed.lease.spec ?? {};
  const holder = spec.holderIdentity ?? '';
  const transitions = spec.leaseTransitions ?? 0;
  if (holder === identity) {
    return { kind: 'update', spec: { ...spec, holderIdentity: identity, leaseDurationSeconds, renewTime: at, leaseTransitions: transitions } };
  }
  const validMs = (spec.leaseDurationSeconds ?? 0) * 1000;
  if (holder !== '' && observed.seenMs + validMs > now.monotonicMs) return { kind: 'wait' };
  return {
    kind: 'update',
    spec: { ...spec, holderIdentity: identity, leaseDurationSeconds, acquireTime: at, renewTime: at, leaseTransitions: transitions + 1 },
  };
}

export interface LeaderElectionOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly timings?: ElectionTimings;
  /** Gets the `LeaderElection` events on the Lease. */
  readonly recorder?: EventRecorder;
  readonly onNewLeader?: (identity: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits to become leader, runs `lead` with a signal that aborts when leadership is lost or `options.signal` aborts, and releases the
 * lease at the end. Resolves when `lead` has ended; a leader that was lost does not try again: its process should start over.
 */
export async function runLeaderElection(options: LeaderElectionOptions, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const elector = new Elector(options);
  if (!(await elector.acquire())) return;
  const leading = new AbortController();
  const signal = AbortSignal.any([options.signal, leading.signal]);
  const renewing = elector.renew(signal).then(() => leading.abort(new Error('leadership was lost')));
  try {
    await lead(signal);
  } finally {
    leading.abort(new Error('the leader has ended'));
    await renewing;
    await elector.release();
  }
}

/** Jitter of waits between attempts to acquire: up to 1.2 of the period more (wait.JitterUntil upstream). */
const jitterFactor = 1.2;

class Elector {
  readonly #options: LeaderElectionOptions;
  readonly #timings: ElectionTimings;
  #observed: ObservedLease | undefined;
  #reportedLeader = '';

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#timings = options.timings ?? defaultElectionTimings;
  }

  /** True when acquired, false when the signal aborted first. */
  async acquire(): Promise<boolean> {
    const { clock, rng, signal, identity, recorder } = this.#options;
    while (!signal.aborted) {
      if (await this.#attempt(signal)) {
        recorder?.event(
          { ...this.#observed!.lease, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
          'Normal',
          'LeaderElection',
          `${identity} became leader`,
        );
        return true;
      }
      const waitMs = this.#timings.retryPeriodMs * (1 + rng.next() * jitterFactor);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
    return false;
  }

  /** Resolves when the lease could not be renewed within the deadline, or the signal aborts. */
  async renew(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    let renewedMs = clock.monotonicMs();
    while (!signal.aborted) {
      await clock.sleep(this.#timings.retryPeriodMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const left = renewedMs + this.#timings.renewDeadlineMs - clock.monotonicMs();
      const deadline = new AbortController();
      const timer = clock.after(Math.max(0, left), () => deadline.abort(new Error('the renew deadline has passed')));
      const renewed = await this.#attempt(AbortSignal.any([signal, deadline.signal]));
      timer.cancel();
      if (renewed) renewedMs = clock.monotonicMs();
      else if (clock.monotonicMs() - renewedMs >= this.#timings.renewDeadlineMs) {
        logger.error('failed to renew the lease', { lease: this.#options.lease.name });
        return;
      }
    }
  }

  async release(): Promise<void> {
    const { client, clock, identity, logger } = this.#options;
    const lease = this.#observed?.lease;
    if (lease?.spec?.holderIdentity !== identity) return;
    const at = formatMicroTime(clock.now());
    const spec: LeaseSpec = {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: at,
      renewTime: at,
      leaseTransitions: lease.spec.leaseTransitions ?? 0,
    };
    try {
      await client.resource<LeaseObject>('leases').update({ ...lease, spec });
    } catch (error) {
      logger.warn('failed to release the lease', { lease: this.#options.lease.name, error });
    }
  }

  /** True when this identity holds the lease afterwards. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#acquireOrRenew(signal);
    } catch (error) {
      // Whoever was quicker holds the lease: look again before the next try.
      if (isConflict(error)) await this.#observe(signal).catch(() => undefined);
      else if (!signal.aborted) this.#options.logger.warn('cannot acquire or renew the lease', { lease: this.#options.lease.name, error });
      return false;
    }
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { client, clock, identity, lease: key } = this.#options;
    const leases = client.resource<LeaseObject>('leases');
    // The holder renews from what it last wrote, without a GET, as client-go does.
    if (this.#observed?.lease.spec?.holderIdentity !== identity) await this.#observe(signal);
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonicMs(), leaseDurationMs: this.#timings.leaseDurationMs };
    const step = electionStep(this.#observed, identity, now);
    if (step.kind === 'wait') return false;
    const written =
      step.kind === 'create'
        ? await leases.create({ metadata: key, spec: step.spec }, { signal })
        : await leases.update({ ...this.#observed!.lease, spec: step.spec }, { signal });
    this.#see(written);
    return true;
  }

  async #observe(signal: AbortSignal): Promise<void> {
    const { client, lease: key } = this.#options;
    try {
      this.#see(await client.resource<LeaseObject>('leases').get(key, { signal }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#observed = undefined;
    }
  }

  #see(lease: LeaseObject): void {
    const changed = this.#observed?.lease.metadata?.resourceVersion !== lease.metadata?.resourceVersion;
    if (changed) this.#observed = { lease, seenMs: this.#options.clock.monotonicMs() };
    const leader = lease.spec?.holderIdentity ?? '';
    if (leader === this.#reportedLeader || leader === '') return;
    this.#reportedLeader = leader;
    this.#options.onNewLeader?.(leader);
  }
}
