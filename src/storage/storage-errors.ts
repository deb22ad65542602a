import { failure, type GroupResource, qualifiedResource, StatusError, statusErrors } from '../apimachinery/index.ts';
import { EtcdError } from '../etcd/index.ts';

/** What storage refuses, in upstream's texts (apiserver's storage errors and the etcd3 store). */
export const storageErrors = {
  tooLargeResourceVersion: (asked: number, current: number) =>
    new StatusError(
      failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
        retryAfterSeconds: 1,
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      }),
    ),
  tooOldWatch: (asked: number, oldest: number) => statusErrors.expired(`too old resource version: ${asked} (${oldest})`),
  tooOldList: () => statusErrors.expired('The resourceVersion for the provided list is too old.'),
  /** `token` lets the client go on without consistency; '' when there is none. */
  expiredContinue: (token: string) => {
    const first =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter';
    if (token === '') return statusErrors.expired(`${first}.`);
    const { status } = statusErrors.expired(
      `${first}, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.`,
    );
    return new StatusError({ ...status, metadata: { continue: token } });
  },
  objectModified: (r: GroupResource, name: string) =>
    statusErrors.conflict(r, name, 'the object has been modified; please apply your changes to the latest version and try again'),
  /** A precondition of a delete or update that does not hold, as the store words it. */
  invalidObject: (key: string, why: string) => `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  serverTimeout: (op: string, r: GroupResource, cause: unknown) =>
    new StatusError(
      failure(500, 'ServerTimeout', `The ${op} operation against ${qualifiedResource(r)} could not be completed at this time, please try again.`, {
        name: op,
        ...(r.group === '' ? {} : { group: r.group }),
        kind: r.resource,
        retryAfterSeconds: 2,
      }),
      { cause },
    ),
};

/** Runs a call to the store; an unreachable store becomes ServerTimeout, anything else is passed on. */
export async function withStore<T>(op: string, r: GroupResource, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EtcdError && error.code === 'unavailable') throw storageErrors.serverTimeout(op, r, error);
    throw error;
  }
}
