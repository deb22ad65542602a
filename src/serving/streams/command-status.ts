import { errorText } from '../../base/index.ts';
import type { Status, StatusCause } from '../../apimachinery/index.ts';

/** The last word on a command: a metav1.Status, as it goes over the error channel (kind and version are left out there). */
export interface CommandStatus {
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly StatusCause[] };
}

export const commandSuccess: CommandStatus = { status: 'Success' };

/** How a command ended that ran and failed. `code` is 0 to 255; 0 is a success. */
export function exitStatus(code: number, message = `command terminated with non-zero exit code: exit code ${code}`): CommandStatus {
  if (code === 0) return commandSuccess;
  return { status: 'Failure', message, reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] } };
}

/** Any other failure: kubectl prints the message. An API error keeps its own reason and code. */
export function failureStatus(error: unknown): CommandStatus {
  const status = statusOf(error);
  if (status) {
    const { message, reason, code, details } = status;
    return {
      status: 'Failure',
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      code,
      ...(details ? { details } : {}),
    };
  }
  const message = errorText(error);
  const details = { causes: [{ message }] };
  return { status: 'Failure', message: `Internal error occurred: ${message}`, reason: 'InternalError', details, code: 500 };
}

function statusOf(error: unknown): Status | undefined {
  return error instanceof Error && error.name === 'StatusError' ? (error as Error & { readonly status?: Status }).status : undefined;
}

/** As v4 and v5 carry it: JSON with the empty metadata that Go writes, keys in upstream's order. */
export function encodeStatus(status: CommandStatus): Buffer {
  const { message, reason, details, code } = status;
  return Buffer.from(JSON.stringify({ metadata: {}, status: status.status, message, reason, details, code }));
}

/** Reads what came on an error stream. Text that is no Status is a failure that says so in its own words. */
export function decodeStatus(bytes: Uint8Array): CommandStatus {
  const text = Buffer.from(bytes).toString();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'status' in value && (value.status === 'Success' || value.status === 'Failure')) {
      return value as CommandStatus;
    }
  } catch {
    // Not JSON: what v1 to v3 say in plain text.
  }
  return failureStatus(text);
}
