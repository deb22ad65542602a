/** Names of gRPC's status codes, by number. */
export const grpcCodes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type GrpcCode = (typeof grpcCodes)[number];

/** A call to the runtime that failed. `message` is the runtime's own text, which pods show in events and statuses. */
export class CriError extends Error {
  override readonly name = 'CriError';
  readonly code: GrpcCode;
  /** The call, such as `RunPodSandbox`. */
  readonly method: string;

  constructor(code: GrpcCode, message: string, options: { readonly method: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.method = options.method;
  }

  /** As Go's gRPC prints it: `rpc error: code = NotFound desc = …`. Kubelet messages carry this form. */
  override toString(): string {
    return `rpc error: code = ${goCodeName(this.code)} desc = ${this.message}`;
  }
}

/** `NOT_FOUND` as `NotFound`; two names do not follow the rule. */
function goCodeName(code: GrpcCode): string {
  if (code === 'OK') return 'OK';
  if (code === 'CANCELLED') return 'Canceled';
  return code.toLowerCase().replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase());
}

export function isCriError(e: unknown, code?: GrpcCode): e is CriError {
  return e instanceof CriError && (code === undefined || e.code === code);
}
