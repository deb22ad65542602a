import { schemaOf } from '../../api/index.ts';
import type { Draft, GroupVersionKind, KubeObject, Status } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import { decodeBody } from '../registry/decode-body.ts';
import { readBody } from '../registry/read-body.ts';
import { type WriteOptions, writeOptions } from '../registry/request-options.ts';
import type { VerbScope } from '../registry/verb-scope.ts';
import { Negotiator } from '../replies/negotiation.ts';
import { statusReply } from '../replies/status-body.ts';
import { ValueBody } from '../replies/value-body.ts';

const offers = new Negotiator({ protobuf: true, forms: [] });

/** Reads a body of a kind that is sent to a subresource or is never stored. Throws 400, 413, 415. */
export async function decodeSent<T extends KubeObject>(
  scope: VerbScope,
  kind: GroupVersionKind,
): Promise<{ readonly object: Draft<T>; readonly options: WriteOptions }> {
  const options = writeOptions(scope, 'CreateOptions');
  const body = await readBody(scope, kind.kind);
  const schema = schemaOf(kind.group, kind.version, kind.kind);
  const object = decodeBody(body, { kind, schema }, { fieldValidation: options.fieldValidation, warnings: scope.warnings });
  return { object: object as Draft<T>, options };
}

/** Answers with an object of a kind that is never stored. */
export function sentReply(scope: VerbScope, object: KubeObject, kind: GroupVersionKind, status = 201): Reply {
  const output = offers.choose(scope.request.headers['accept']);
  const body = new ValueBody(object, schemaOf(kind.group, kind.version, kind.kind), output.mediaType);
  return { kind: 'value', status, warnings: scope.warnings, body };
}

/** Status Success, as bindings and evictions are answered. */
export function successReply(scope: VerbScope, code: number): Reply {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code };
  const reply = statusReply(status);
  return scope.warnings.length > 0 ? { ...reply, warnings: scope.warnings } : reply;
}
