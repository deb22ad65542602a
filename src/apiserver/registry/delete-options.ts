import { fieldError, type FieldError, type Json, type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { Preconditions } from '../../storage/index.ts';
import { deleteOptionsSchema } from '../replies/meta-schemas.ts';
import { decodeJson, namedKind } from './decode-body.ts';
import { parseBody, bodyType } from './read-body.ts';
import { decodeProtobuf } from '../replies/protobuf.ts';
import { checkDryRun, invalidOptions, queryInteger } from './request-options.ts';
import type { VerbScope } from './verb-scope.ts';

export type PropagationPolicy = 'Orphan' | 'Background' | 'Foreground';

/** DeleteOptions as checked. */
export interface DeleteRequest {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: PropagationPolicy | undefined;
  /** The client asked to wait for dependents: answered 202 while the object is there. */
  readonly asksAccepted: boolean;
  readonly preconditions: Preconditions;
  /** As admission sees them. */
  readonly object: KubeObject;
}

interface RawOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
}

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan'];
const kind = { group: 'meta.k8s.io', version: 'v1', kind: 'DeleteOptions' };

function fromQuery(query: URLSearchParams): RawOptions {
  const grace = queryInteger(query, 'gracePeriodSeconds');
  const orphan = query.get('orphanDependents') ?? '';
  const policy = query.get('propagationPolicy') ?? '';
  const dryRun = query.getAll('dryRun').filter((v) => v !== '');
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(orphan === '' ? {} : { orphanDependents: orphan === 'true' || orphan === '1' }),
    ...(policy === '' ? {} : { propagationPolicy: policy }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
  };
}

async function rawOptions(scope: VerbScope): Promise<RawOptions> {
  const bytes = await scope.request.body.bytes(scope.registry.limits.maxBodyBytes);
  if (bytes.length === 0) return fromQuery(scope.request.query);
  // DeleteOptions have a protobuf form whatever kind they delete.
  const body = parseBody(bodyType(scope, false), bytes, 'DeleteOptions');
  const sentKind = body.kind === 'protobuf' ? body.envelope.kind : ((body.value as { readonly kind?: string } | null)?.kind ?? '');
  if (namedKind(sentKind, '', kind).kind !== 'DeleteOptions') throw statusErrors.badRequest('decoded object cannot be converted to DeleteOptions');
  const schema = deleteOptionsSchema();
  const value = body.kind === 'protobuf' ? (decodeProtobuf(schema, body.envelope.raw) as Json) : body.value;
  return decodeJson(value, { kind, schema }).object as RawOptions;
}

/** Reads the options of a delete from its body, else its query. Throws 400 or 422 with upstream's texts. */
export async function deleteRequest(scope: VerbScope): Promise<DeleteRequest> {
  const raw = await rawOptions(scope);
  const errors: FieldError[] = [...checkDryRun(raw.dryRun ?? [])];
  const { propagationPolicy, orphanDependents } = raw;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const text = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(fieldError.invalid('propagationPolicy', propagationPolicy, text));
  } else if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    errors.push(fieldError.notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil']));
  }
  if (errors.length > 0) invalidOptions('DeleteOptions', errors);
  const propagation = orphanDependents === undefined ? propagationPolicy : orphanDependents ? 'Orphan' : 'Background';
  const grace = raw.gracePeriodSeconds;
  return {
    dryRun: (raw.dryRun?.length ?? 0) > 0,
    gracePeriodSeconds: grace !== undefined && grace < 0 ? 1 : grace,
    propagation: propagation as PropagationPolicy | undefined,
    asksAccepted: orphanDependents === false || propagationPolicy === 'Foreground',
    preconditions: raw.preconditions ?? {},
    object: { ...raw, kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1' } as KubeObject,
  };
}
