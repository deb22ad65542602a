import type { AdmissionRequest } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';

/** A kubelet's write, and which node it is. */
export interface NodeRequest {
  readonly node: string;
  readonly request: AdmissionRequest;
  readonly lookup: Lookup;
}
