import type { PodSpec } from '../../../api/index.ts';
import { getKey } from '../../../apimachinery/index.ts';
import { baselineChecks, type NamedCheck } from './baseline.ts';
import { restrictedChecks } from './restricted.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';
export type Mode = 'enforce' | 'audit' | 'warn';

/** A level of the Pod Security Standards, and the version of Kubernetes that pins it. All versions are checked as the latest. */
export interface Standard {
  readonly level: Level;
  /** `latest` or `v1.N`. */
  readonly version: string;
}

const levels: ReadonlySet<string> = new Set(['privileged', 'baseline', 'restricted']);
const overridden: ReadonlySet<string> = new Set(restrictedChecks.map((c) => c.overrides ?? ''));
const checks: Readonly<Record<Level, readonly NamedCheck[]>> = {
  privileged: [],
  baseline: baselineChecks,
  restricted: [...baselineChecks.filter((c) => !overridden.has(c.id)), ...restrictedChecks],
};

/** What a namespace's labels ask for in a mode; privileged where they say nothing. An unreadable level counts as restricted. */
export function standardOf(labels: Readonly<Record<string, string>> | undefined, mode: Mode): Standard {
  const level = getKey(labels, `pod-security.kubernetes.io/${mode}`);
  const version = getKey(labels, `pod-security.kubernetes.io/${mode}-version`) ?? 'latest';
  if (level === undefined) return { level: 'privileged', version };
  return { level: levels.has(level) ? (level as Level) : 'restricted', version };
}

/** What of a standard a pod breaks: `privileged (container "a" must not …), hostPort (…)`; undefined when nothing. */
export function violationsOf(standard: Standard, spec: PodSpec): string | undefined {
  const found = checks[standard.level].flatMap(({ check }) => check(spec) ?? []);
  return found.length === 0 ? undefined : found.map((v) => `${v.reason} (${v.detail})`).join(', ');
}
