import type { Probe } from '../../api/index.ts';
import type { ProbeOutcome } from './pod-actions.ts';

export type ProbeType = 'liveness' | 'readiness' | 'startup';
/** How one run of a probe went. */
export type ProbeRun = 'success' | 'failure' | 'warning' | 'error';

export interface ProbeState {
  /** What counts at present. */
  readonly outcome: ProbeOutcome;
  readonly lastRun: 'success' | 'failure' | undefined;
  /** Equal runs in a row. */
  readonly row: number;
  /** A failed liveness or startup probe waits for the new container. */
  readonly onHold: boolean;
}

const initial: Readonly<Record<ProbeType, ProbeOutcome>> = { liveness: 'success', readiness: 'failure', startup: 'unknown' };

export function initialProbeState(type: ProbeType): ProbeState {
  return { outcome: initial[type], lastRun: undefined, row: 0, onHold: false };
}

/** The state after one more run. An error of the probe itself says nothing. */
export function nextProbeState(state: ProbeState, run: ProbeRun, options: { readonly type: ProbeType; readonly probe: Probe }): ProbeState {
  if (run === 'error') return state;
  const verdict = run === 'failure' ? 'failure' : 'success';
  const row = state.lastRun === verdict ? state.row + 1 : 1;
  const { failureThreshold = 3, successThreshold = 1 } = options.probe;
  const counted = { ...state, lastRun: verdict, row } as const;
  if (row < (verdict === 'failure' ? failureThreshold : successThreshold)) return counted;
  const onHold = verdict === 'failure' ? options.type !== 'readiness' : options.type === 'startup';
  return { ...counted, outcome: verdict, onHold, row: onHold && verdict === 'failure' ? 0 : row };
}
