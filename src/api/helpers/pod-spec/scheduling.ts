import type { Affinity, NodeSelector, NodeSelectorTerm, PodAffinityTerm, PodSpec, Toleration, TopologySpreadConstraint } from '../../types.gen.ts';
import type { Checks } from '../validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelKey, isLabelValue } from '../validation/formats.ts';
import { checkLabelSelector } from '../validation/metadata.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The effect of a taint or toleration. */
export function checkTaintEffect(c: Checks, effect: string | undefined, allowEmpty: boolean, path: string): void {
  if (!effect) {
    if (!allowEmpty) c.required(path, 'effect');
  } else if (!effects.includes(effect)) c.notSupported([path, 'effect'], effect, effects);
}

export function checkTolerations(c: Checks, tolerations: readonly Toleration[] | undefined, path: string): void {
  for (const [i, t] of (tolerations ?? []).entries()) {
    const at = `${path}[${i}]`;
    c.optionalFormat(isLabelKey, t.key, at, 'key');
    if (!t.key && t.operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      c.invalid([at, 'operator'], t.operator ?? '', text);
    }
    if (t.tolerationSeconds !== undefined && t.effect !== 'NoExecute') {
      c.invalid([at, 'effect'], t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    switch (t.operator ?? '') {
      case '':
      case 'Equal':
        for (const text of isLabelValue(t.value ?? '')) c.invalid([at, 'operator'], t.value, text);
        break;
      case 'Exists':
        if (t.value) c.invalid([at, 'operator'], t, "value must be empty when `operator` is 'Exists'");
        break;
      default:
        c.notSupported([at, 'operator'], t.operator, ['Equal', 'Exists']);
    }
    checkTaintEffect(c, t.effect, true, at);
  }
}

function checkExpressions(c: Checks, term: NodeSelectorTerm, path: string): void {
  for (const [i, r] of (term.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`;
    const values = r.values ?? [];
    switch (r.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) c.required(at, 'values', "must be specified when `operator` is 'In' or 'NotIn'");
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) c.forbidden(at, 'values', "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        break;
      case 'Gt':
      case 'Lt':
        if (values.length !== 1) c.required(at, 'values', "must be specified single value when `operator` is 'Lt' or 'Gt'");
        break;
      default:
        c.invalid([at, 'operator'], r.operator ?? '', 'not a valid selector operator');
    }
    c.format(isLabelKey, r.key ?? '', at, 'key');
    for (const [j, value] of values.entries()) c.format(isLabelValue, value, at, `values[${j}]`);
  }
}

export function checkNodeSelectorTerm(c: Checks, term: NodeSelectorTerm, path: string): void {
  checkExpressions(c, term, path);
  for (const [i, r] of (term.matchFields ?? []).entries()) {
    const at = `${path}.matchFields[${i}]`;
    const values = r.values ?? [];
    if (r.operator === 'In' || r.operator === 'NotIn') {
      if (values.length !== 1) c.required(at, 'values', "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    } else c.invalid([at, 'operator'], r.operator ?? '', 'not a valid selector operator');
    if (r.key !== 'metadata.name') c.invalid([at, 'key'], r.key ?? '', 'not a valid field selector key');
    else for (const [j, value] of values.entries()) c.format(isDns1123Subdomain, value, at, `values[${j}]`);
  }
}

export function checkNodeSelector(c: Checks, selector: NodeSelector, path: string): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return c.required(path, 'nodeSelectorTerms', 'must have at least one node selector term');
  for (const [i, term] of terms.entries()) checkNodeSelectorTerm(c, term, `${path}.nodeSelectorTerms[${i}]`);
}

function checkMatchLabelKeys(c: Checks, term: PodAffinityTerm, path: string): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  for (const [field, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (keys.length > 0 && !labelSelector) c.forbidden(path, field, 'must not be specified when labelSelector is not set');
    for (const [i, key] of keys.entries()) c.format(isLabelKey, key, path, `${field}[${i}]`);
  }
  for (const [i, key] of matchLabelKeys.entries()) {
    if (mismatchLabelKeys.includes(key)) c.invalid([path, `matchLabelKeys[${i}]`], key, 'exists in both matchLabelKeys and mismatchLabelKeys');
  }
}

function checkPodAffinityTerm(c: Checks, term: PodAffinityTerm, path: string): void {
  checkLabelSelector(c, term.labelSelector, `${path}.labelSelector`);
  checkLabelSelector(c, term.namespaceSelector, `${path}.namespaceSelector`);
  for (const namespace of term.namespaces ?? []) c.format(isDns1123Label, namespace, path, 'namespace');
  checkMatchLabelKeys(c, term, path);
  if (!term.topologyKey) c.required(path, 'topologyKey', 'can not be empty');
  else c.format(isLabelKey, term.topologyKey, path, 'topologyKey');
}

const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredField = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkWeight(c: Checks, weight: number, path: string): void {
  if (weight <= 0 || weight > 100) c.invalid([path, 'weight'], weight, 'must be in the range 1-100');
}

export function checkAffinity(c: Checks, affinity: Affinity, path: string): void {
  const node = affinity.nodeAffinity;
  if (node?.[requiredField]) checkNodeSelector(c, node[requiredField], `${path}.nodeAffinity.${requiredField}`);
  for (const [i, term] of (node?.[preferredField] ?? []).entries()) {
    const at = `${path}.nodeAffinity.${preferredField}[${i}]`;
    checkWeight(c, term.weight, at);
    checkNodeSelectorTerm(c, term.preference ?? {}, `${at}.preference`);
  }
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    for (const [i, term] of (affinity[field]?.[requiredField] ?? []).entries()) {
      checkPodAffinityTerm(c, term, `${path}.${field}.${requiredField}[${i}]`);
    }
    for (const [i, term] of (affinity[field]?.[preferredField] ?? []).entries()) {
      const at = `${path}.${field}.${preferredField}[${i}]`;
      checkWeight(c, term.weight, at);
      checkPodAffinityTerm(c, term.podAffinityTerm, `${at}.podAffinityTerm`);
    }
  }
}

const whenUnsatisfiable = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusion = ['Honor', 'Ignore'];

function checkSpread(c: Checks, s: TopologySpreadConstraint, path: string): void {
  if (s.maxSkew <= 0) c.invalid([path, 'maxSkew'], s.maxSkew, 'must be greater than zero');
  if (!s.topologyKey) c.required(path, 'topologyKey', 'can not be empty');
  c.oneOf(s.whenUnsatisfiable ?? '', whenUnsatisfiable, path, 'whenUnsatisfiable');
  if (s.minDomains !== undefined) {
    if (s.minDomains <= 0) c.invalid([path, 'minDomains'], s.minDomains, 'must be greater than zero');
    if (s.whenUnsatisfiable !== 'DoNotSchedule') {
      const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${s.whenUnsatisfiable}`;
      c.invalid([path, 'minDomains'], s.minDomains, text);
    }
  }
  if (s.nodeAffinityPolicy !== undefined) c.oneOf(s.nodeAffinityPolicy, inclusion, path, 'nodeAffinityPolicy');
  if (s.nodeTaintsPolicy !== undefined) c.oneOf(s.nodeTaintsPolicy, inclusion, path, 'nodeTaintsPolicy');
  if (s.matchLabelKeys?.length && !s.labelSelector) c.forbidden(path, 'matchLabelKeys', 'must not be specified when labelSelector is not set');
  for (const [i, key] of (s.matchLabelKeys ?? []).entries()) c.format(isLabelKey, key, path, `matchLabelKeys[${i}]`);
  checkLabelSelector(c, s.labelSelector, `${path}.labelSelector`);
}

export function checkTopologySpread(c: Checks, spec: PodSpec, path: string): void {
  const constraints = spec.topologySpreadConstraints ?? [];
  for (const [i, s] of constraints.entries()) {
    const at = `${path}[${i}]`;
    checkSpread(c, s, at);
    const repeats = constraints.slice(i + 1).some((o) => o.topologyKey === s.topologyKey && o.whenUnsatisfiable === s.whenUnsatisfiable);
    if (repeats) c.duplicate(at, '{topologyKey, whenUnsatisfiable}', `{${s.topologyKey}, ${s.whenUnsatisfiable}}`);
  }
}
