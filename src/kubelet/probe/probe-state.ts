import type { Probe } from '../../api/index.ts';

export type ProbeKind = 'liveness' | 'readiness' | 'startup';
export type ProbeResult = 'success' | 'failure';

/** Where one probe of one container stands. `verdict` changes only after as many equal results in a row as the probe asks for. */
export interface ProbeState {
  readonly verdict: ProbeResult | undefined;
  readonly last: ProbeResult | undefined;
  readonly inARow: number;
}

/** Before the first result a container is alive, not ready, and not started. */
export const initialProbeState: ProbeState = { verdict: undefined, last: undefined, inARow: 0 };

/** The state after one more result. Pure. */
export function afterResult(state: ProbeState, result: ProbeResult, probe: Probe): ProbeState {
  const inARow = state.last === result ? state.inARow + 1 : 1;
  const enough = result === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { verdict: inARow >= enough ? result : state.verdict, last: result, inARow };
}
