import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject, decodeProtobuf, encodeProtobufObject, parseApiVersion, readEnvelope } from '../apimachinery/index.ts';
import { schemaOf } from './builtin-schemas.ts';

/** What kubectl 1.36.3 sent for its `create`, `auth can-i`, `auth whoami` and `create token`, in base64. */
const bodies: readonly (readonly [kind: string, base64: string])[] = [
  [
    'Deployment',
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50ErIBChsKAWQSABoAIgAqADIAOABCAFoICgNhcHASAWQShAEIAhIKCggKA2FwcBIBZBpsChoKABIAGgAiACoAMgA4AEIAWggKA2FwcBIBZBJOEjAKBW5naW54EgduZ2lueDoxKgAyCgoAEAAYUCIAKgBCAGoAcgCAAQCIAQCQAQCiAQAaADIAQgBKAFIAWABgAGgAggEAigEAmgEAwgEAIgIKACgAOAAaDAgAEAAYACAAKAA4ABoAIgA=',
  ],
  [
    'Job',
    'azhzAAoPCghiYXRjaC92MRIDSm9iEn4KEQoBahIAGgAiACoAMgA4AEIAEl8yXQoQCgASABoAIgAqADIAOABCABJJEiYKAWoSB2J1c3lib3gaBGRhdGUqAEIAagByAIABAIgBAJABAKIBABoFTmV2ZXIyAEIASgBSAFgAYABoAIIBAIoBAJoBAMIBABoIIAAoADAAOgAaACIA',
  ],
  [
    'CronJob',
    'azhzAAoTCghiYXRjaC92MRIHQ3JvbkpvYhKSAQoRCgFjEgAaACIAKgAyADgAQgASewoJKiAqICogKiAqGgAqbAoRCgFjEgAaACIAKgAyADgAQgASVzJVChAKABIAGgAiACoAMgA4AEIAEkESGgoBYxIBYioAQgBqAHIAgAEAiAEAkAEAogEAGglPbkZhaWx1cmUyAEIASgBSAFgAYABoAIIBAIoBAJoBAMIBABoAGgAiAA==',
  ],
  ['Secret', 'azhzAAoMCgJ2MRIGU2VjcmV0Eh0KEQoBcxIAGgAiACoAMgA4AEIAEgYKAWESAWIaABoAIgA='],
  ['Namespace', 'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhkKEQoBbhIAGgAiACoAMgA4AEIAEgAaAgoAGgAiAA=='],
  ['ServiceAccount', 'azhzAAoUCgJ2MRIOU2VydmljZUFjY291bnQSFAoSCgJzYRIAGgAiACoAMgA4AEIAGgAiAA=='],
  ['TokenRequest', 'azhzAAooChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESDFRva2VuUmVxdWVzdBIaChAKABIAGgAiACoAMgA4AEIAEgAaBAoAEgAaACIA'],
  [
    'SelfSubjectAccessReview',
    'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPwoQCgASABoAIgAqADIAOABCABIhCh8KB2RlZmF1bHQSBmNyZWF0ZRoAIgAqBHBvZHMyADoAGggIABIAGgAgABoAIgA=',
  ],
  ['SelfSubjectReview', 'azhzAAotChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESEVNlbGZTdWJqZWN0UmV2aWV3EhoKEAoAEgAaACIAKgAyADgAQgASBgoECgASABoAIgA='],
  [
    'Service',
    'azhzAAoNCgJ2MRIHU2VydmljZRJlCh0KAnNzEgAaACIAKgAyADgAQgBaCQoDYXBwEgJzcxJAChsKBzgwLTgwODASA1RDUBhQIgcIABCQPxoAKAASCQoDYXBwEgJzcxoAIghOb2RlUG9ydDoAQgBSAFoAYABoABoCCgAaACIA',
  ],
  ['ClusterRole', 'azhzAAorChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgtDbHVzdGVyUm9sZRIjChIKAmNyEgAaACIAKgAyADgAQgASDQoDZ2V0EgAaBHBvZHMaACIA'],
  [
    'RoleBinding',
    'azhzAAorChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgtSb2xlQmluZGluZxJqChIKAnJiEgAaACIAKgAyADgAQgASJgoEVXNlchIZcmJhYy5hdXRob3JpemF0aW9uLms4cy5pbxoBdSIAGiwKGXJiYWMuYXV0aG9yaXphdGlvbi5rOHMuaW8SC0NsdXN0ZXJSb2xlGgJjchoAIgA=',
  ],
  [
    'PodDisruptionBudget',
    'azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSNgoRCgFwEgAaACIAKgAyADgAQgASFQoJCAEQABoDNTAlEggKBgoBYRIBYhoKCAAYACAAKAAwABoAIgA=',
  ],
  [
    'Ingress',
    'azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJLChEKAWkSABoAIgAqADIAOABCABIyEggKA2EuYhIBdBomCgNhLmISHwodChsKAi94Eg0iCwoDc3ZjEgQKABBQGgZQcmVmaXgaAgoAGgAiAA==',
  ],
  [
    'PriorityClass',
    'azhzAAolChRzY2hlZHVsaW5nLms4cy5pby92MRINUHJpb3JpdHlDbGFzcxIwChIKAnBjEgAaACIAKgAyADgAQgAQBRgAIgAqFFByZWVtcHRMb3dlclByaW9yaXR5GgAiAA==',
  ],
  ['ResourceQuota', 'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIwChEKAXESABoAIgAqADIAOABCABIZCgoKA2NwdRIDCgExCgsKBHBvZHMSAwoBMhoAGgAiAA=='],
];

for (const [kind, base64] of bodies) {
  test(`${kind}: decoded and encoded again, not a byte differs`, () => {
    const bytes = Buffer.from(base64, 'base64');
    const envelope = readEnvelope(bytes);
    assert.equal(envelope.kind, kind);
    const { group, version } = parseApiVersion(envelope.apiVersion)!;
    const schema = schemaOf(group, version, kind);
    const { object, strictErrors } = decodeObject(schema, decodeProtobuf(schema, envelope.raw), { defaults: false });
    assert.deepEqual(strictErrors, []);
    assert.deepEqual(Buffer.from(encodeProtobufObject(schema, object, envelope)), bytes);
  });
}
