import type { Pod, PriorityClass } from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';
import { draftOf, isAbout, refuse } from './refusal.ts';

const group = 'scheduling.k8s.io';
const priorityClasses = { group, resource: 'priorityclasses' };
const preemptLowerPriority = 'PreemptLowerPriority';

interface Resolved {
  readonly className: string;
  readonly priority: number;
  readonly preemptionPolicy: string;
}

/** Pods get the priority and preemption policy of their class; at most one class is the default. */
export function priority(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    admit(request) {
      if (!isAbout(request, '', 'pods') || !request.object) return undefined;
      return request.operation === 'CREATE' ? admitNew(lookup, request) : keepOld(request);
    },
    async validate(request) {
      if (!isAbout(request, group, 'priorityclasses') || !request.object) return;
      const wanted = request.object as PriorityClass;
      if (wanted.globalDefault !== true) return;
      const current = await defaultClass(lookup);
      const isOther = current !== undefined && (request.operation === 'CREATE' || current.metadata?.name !== wanted.metadata?.name);
      if (isOther) throw refuse(request, `PriorityClass ${current.metadata?.name ?? ''} is already marked as default. Only one default can exist`);
    },
  };
}

async function admitNew(lookup: Lookup, request: AdmissionRequest): Promise<void> {
  const { spec } = draftOf<Pod>(request);
  if (!spec) return;
  const resolved = await resolve(lookup, request, spec.priorityClassName ?? '');
  if (spec.priority !== undefined && spec.priority !== resolved.priority) {
    throw refuse(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${resolved.priority} from the given PriorityClass name`,
    );
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== resolved.preemptionPolicy) {
    throw refuse(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${resolved.preemptionPolicy} from the given PriorityClass name`,
    );
  }
  if (resolved.className !== '') spec.priorityClassName = resolved.className;
  spec.priority = resolved.priority;
  spec.preemptionPolicy = resolved.preemptionPolicy;
}

/** An update that leaves the priority out keeps it. */
function keepOld(request: AdmissionRequest): undefined {
  const { spec } = draftOf<Pod>(request);
  const old = (request.oldObject as Pod | undefined)?.spec;
  if (!spec || !old) return;
  if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
  if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) spec.preemptionPolicy = old.preemptionPolicy;
}

async function resolve(lookup: Lookup, request: AdmissionRequest, name: string): Promise<Resolved> {
  const found =
    name === ''
      ? await defaultClass(lookup)
      : (lookup.peek<PriorityClass>(priorityClasses, '', name) ?? (await lookup.get<PriorityClass>(priorityClasses, '', name)));
  if (name !== '' && !found) throw refuse(request, `no PriorityClass with name ${name} was found`);
  return { className: found?.metadata?.name ?? '', priority: found?.value ?? 0, preemptionPolicy: found?.preemptionPolicy ?? preemptLowerPriority };
}

/** The default class; of several, the one with the least value. */
async function defaultClass(lookup: Lookup): Promise<PriorityClass | undefined> {
  const classes = await lookup.list<PriorityClass>(priorityClasses, '');
  return classes.filter((c) => c.globalDefault === true).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}
