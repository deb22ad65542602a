/**
 * A body that is JSON but not of the type asked for. The message is upstream's; the API server puts `Pod in version "v1" cannot be handled
 * as a Pod: ` before it.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
