import type { Clock, Logger } from '../base/index.ts';
import { type EndpointSlice, type Service, serviceNameLabel, serviceOfSlice } from '../api/index.ts';
import type { InformerFactory, ResourceEventHandler } from '../client/index.ts';
import type { Nft } from './nft-session.ts';
import { type Change, RuleSet, type StaleFlow } from './rule-set.ts';
import { servicePorts } from './service-map.ts';

/** Changes that come within this time go to the kernel together. */
const minSyncPeriodMs = 10;
const retryMs = 1_000;

export interface ProxierOptions {
  readonly informers: InformerFactory;
  readonly nodeName: string;
  /** What is not from this range is masqueraded on its way to a ClusterIP. */
  readonly clusterCidr: string;
  readonly nft: Nft;
  /** Forgets UDP flows whose endpoint is gone. */
  readonly forgetFlows: (flows: readonly StaleFlow[]) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface Proxier {
  /** Resolves when the rules of all Services known at the start are in the kernel. */
  readonly synced: Promise<void>;
  /** Resolves when the loop has ended and nft is closed. */
  readonly done: Promise<void>;
}

/** Keeps the node's rules equal to the Services and EndpointSlices of the cluster until `signal` aborts. */
export function runProxier(options: ProxierOptions): Proxier {
  const { informers, clock, signal } = options;
  const services = informers.informer<Service>('services');
  const slices = informers.informer<EndpointSlice>('endpointslices');
  slices.addIndexer(serviceNameLabel, serviceOfSlice);
  const dirty = new Set<string>();
  let wake: () => void = () => {};
  const touch = (key: string) => {
    dirty.add(key);
    wake();
  };
  const removers = [services.addHandler(touching(serviceKey, touch)), slices.addHandler(touching(serviceOfSlice, touch))];
  const rules = new RuleSet();
  const changesOf = (): Change[] => {
    const keys = [...dirty];
    dirty.clear();
    return keys.map((key) => {
      const [namespace, name] = key.split('/') as [string, string];
      const service = services.lister.get({ namespace, name });
      return rules.setService(key, service ? servicePorts(service, slices.lister.byIndex(serviceNameLabel, key), options.nodeName) : []);
    });
  };
  const pause = (ms: number) => clock.sleep(ms, signal).catch(() => {});
  const syncProxyRules = async (whole: boolean): Promise<boolean> => {
    const changes = changesOf();
    try {
      if (whole) await options.nft.load(rules.wholeTable(options.clusterCidr));
      else await options.nft.change(changes.flatMap((c) => c.commands));
    } catch (error) {
      options.logger.error('the rules could not be applied; the whole table will be loaded', { error });
      return false;
    }
    const flows = changes.flatMap((c) => c.staleFlows);
    if (flows.length > 0) await options.forgetFlows(flows);
    return true;
  };
  let reportSynced: () => void = () => {};
  const synced = new Promise<void>((resolve) => (reportSynced = resolve));
  signal.addEventListener('abort', () => wake(), { once: true });
  const loop = async () => {
    await Promise.all([services.synced(signal), slices.synced(signal)]);
    let whole = true;
    while (!signal.aborted) {
      if (await syncProxyRules(whole)) {
        whole = false;
        reportSynced();
        if (dirty.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
        wake = () => {};
        await pause(minSyncPeriodMs);
      } else {
        whole = true;
        await pause(retryMs);
      }
    }
  };
  const done = loop()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(() => {
      for (const remove of removers) remove();
      options.nft.close();
    });
  return { synced, done };
}

/** Touches the keys of what changes, before and after. */
function touching<T>(keysOf: (obj: T) => readonly string[], touch: (key: string) => void): ResourceEventHandler<T> {
  const each = (obj: T) => keysOf(obj).forEach(touch);
  return {
    onAdd: each,
    onUpdate(old, obj) {
      each(old);
      each(obj);
    },
    onDelete: each,
  };
}

function serviceKey(service: Service): string[] {
  return [`${service.metadata?.namespace}/${service.metadata?.name}`];
}
