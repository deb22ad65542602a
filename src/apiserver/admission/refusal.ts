import { type Draft, type KubeObject, type StatusCause, StatusError, statusErrors } from '../../apimachinery/index.ts';
import type { AdmissionRequest } from '../admission-types.ts';

/** The name that refusals print: of the request, else of the object, else what its name begins with. */
export function nameOf(request: AdmissionRequest): string {
  const metadata = request.object?.metadata;
  return request.name || metadata?.name || metadata?.generateName || 'Unknown';
}

/** The 403 of an admission plugin. */
export function refuse(request: AdmissionRequest, why: string, causes?: readonly StatusCause[]): StatusError {
  const error = statusErrors.forbidden({ group: request.group, resource: request.resource }, nameOf(request), why);
  if (!causes) return error;
  return new StatusError({ ...error.status, details: { ...error.status.details, causes } });
}

/** Whether the request is about a resource itself, none of its subresources. */
export function isAbout(request: AdmissionRequest, group: string, resource: string, subresource = ''): boolean {
  return request.group === group && request.resource === resource && request.subresource === subresource;
}

/** The new object as what it is known to be. */
export function draftOf<T extends KubeObject>(request: AdmissionRequest): Draft<T> {
  return request.object as unknown as Draft<T>;
}
