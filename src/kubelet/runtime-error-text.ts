import { errorText } from '../base/index.ts';
import { isCriError } from '../cri/index.ts';

/** What went wrong at the runtime, as kubelets print it: with gRPC's code before its words. */
export function runtimeErrorText(error: unknown): string {
  return isCriError(error) ? error.toString() : errorText(error);
}
