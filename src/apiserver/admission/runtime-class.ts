import { equalJson, getKey, type Json, parseQuantity, setKey } from '../../apimachinery/index.ts';
import type { Pod, RuntimeClass } from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';
import { draftOf, isAbout, refuse } from './refusal.ts';

const runtimeClasses = { group: 'node.k8s.io', resource: 'runtimeclasses' };

type Quantities = Readonly<Record<string, string>> | undefined;

function sameAmounts(a: Quantities, b: Quantities): boolean {
  const keys = Object.keys(a ?? {});
  return (
    keys.length === Object.keys(b ?? {}).length &&
    keys.every((key) => {
      const other = getKey(b, key);
      return other !== undefined && parseQuantity(a![key]!).nanos === parseQuantity(other).nanos;
    })
  );
}

/** Pods take over their runtime class's overhead, node selector and tolerations. */
export function runtimeClass(lookup: Lookup): AdmissionPlugin {
  const classOf = async (request: AdmissionRequest): Promise<RuntimeClass | undefined> => {
    const name = draftOf<Pod>(request).spec?.runtimeClassName;
    if (name === undefined) return undefined;
    const found = lookup.peek<RuntimeClass>(runtimeClasses, '', name) ?? (await lookup.get<RuntimeClass>(runtimeClasses, '', name));
    if (!found) throw refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    return found;
  };
  return {
    name: 'RuntimeClass',
    handles: (operation) => operation === 'CREATE',
    async admit(request) {
      if (!isAbout(request, '', 'pods') || !request.object) return;
      const found = await classOf(request);
      if (found) takeOver(request, found);
    },
    async validate(request) {
      if (!isAbout(request, '', 'pods') || !request.object) return;
      const { spec } = draftOf<Pod>(request);
      if (spec?.overhead === undefined) return;
      const wanted = (await classOf(request))?.overhead?.podFixed;
      if (wanted === undefined) throw refuse(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
      if (!sameAmounts(wanted, spec.overhead)) throw refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    },
  };
}

function takeOver(request: AdmissionRequest, { overhead, scheduling }: RuntimeClass): void {
  const { spec } = draftOf<Pod>(request);
  if (!spec) return;
  if (overhead?.podFixed) {
    if (spec.overhead && !sameAmounts(overhead.podFixed, spec.overhead)) {
      throw refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    }
    spec.overhead = { ...overhead.podFixed };
  }
  const selector = scheduling?.nodeSelector ?? {};
  for (const key of Object.keys(selector)) {
    const wanted = selector[key]!;
    const own = getKey(spec.nodeSelector, key);
    if (own !== undefined && own !== wanted) {
      throw refuse(request, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; pod.spec.nodeSelector[${key}] = ${own}`);
    }
    setKey((spec.nodeSelector ??= {}), key, wanted);
  }
  for (const toleration of scheduling?.tolerations ?? []) {
    const before = spec.tolerations ?? [];
    const isThere = before.some((t) => equalJson(t as Json, toleration as unknown as Json));
    if (!isThere) spec.tolerations = [...before, { ...toleration }];
  }
}
