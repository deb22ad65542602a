import type { ResourceDefinition } from '../api/index.ts';
import type { Draft, GroupVersionKind, KubeObject } from '../apimachinery/index.ts';
import type { User } from '../http/index.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A write on its way into the store, as admission sees it (upstream's `admission.Attributes`). */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly definition: ResourceDefinition;
  /** Of the request: the version the client speaks. */
  readonly kind: GroupVersionKind;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** '' on the main resource. */
  readonly subresource: string;
  /** '' for cluster-scoped resources. A Namespace's own requests carry its name here, as upstream's do. */
  readonly namespace: string;
  /** '' when the name is still to be generated. */
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** The new object: owned by the request, changed in place or replaced by mutating plugins (never while validating). Undefined on DELETE. On a subresource with a kind of its own (Binding, Eviction, Scale, TokenRequest) it is that kind. */
  object: Draft<KubeObject> | undefined;
  /** The stored object; undefined on CREATE. Shared, read-only. */
  readonly oldObject: KubeObject | undefined;
  /** The decoded options of the request (CreateOptions, DeleteOptions, …), with kind and apiVersion. */
  readonly options: KubeObject;
  addWarning(text: string): void;
  addAuditAnnotation(key: string, value: string): void;
}

/** One admission plugin. Throws a `StatusError` to refuse: `statusErrors.forbidden(groupResource, name, why)` in most cases. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(operation: AdmissionOperation): boolean;
  /** May change `request.object`. Called in registry order, before validation of the object. May run again when a conflict makes the write start over. */
  admit?(request: AdmissionRequest): void | Promise<void>;
  /** Only looks. Called after the object is complete. */
  validate?(request: AdmissionRequest): void | Promise<void>;
}
