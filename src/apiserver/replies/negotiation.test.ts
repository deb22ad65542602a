import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatusError } from '../../apimachinery/index.ts';
import { Negotiator } from './negotiation.ts';

const protobuf = 'application/vnd.kubernetes.protobuf';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partial = (type: string) => `${type};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`;
const objects = new Negotiator({ protobuf: true, forms: ['Table', 'PartialObjectMetadata'] });
const lists = new Negotiator({ protobuf: true, forms: ['Table', 'PartialObjectMetadataList'], preferStored: true });
const custom = new Negotiator({ protobuf: false, forms: ['Table', 'PartialObjectMetadata'] });

const cases: readonly (readonly [Negotiator, string | undefined, string])[] = [
  [objects, undefined, 'application/json '],
  [objects, '*/*', 'application/json '],
  [objects, `${protobuf},application/json`, `${protobuf} `],
  [lists, `${protobuf},application/json`, 'application/json '],
  [lists, `${protobuf}, */*`, 'application/json '],
  [lists, protobuf, `${protobuf} `],
  [lists, `${table},application/json`, 'application/json Table'],
  [lists, `${partial(protobuf)},${partial('application/json')}`, 'application/json PartialObjectMetadataList'],
  [lists, partial(protobuf), `${protobuf} PartialObjectMetadataList`],
  [custom, `${protobuf},application/json`, 'application/json '],
  [custom, 'application/yaml', 'application/yaml '],
  [objects, 'application/json;as=Nosuch;v=v1;g=meta.k8s.io,application/json', 'application/json '],
];

for (const [negotiator, accept, expected] of cases) {
  test(`Accept ${accept ?? 'absent'} gives ${expected}`, () => {
    const { mediaType, form } = negotiator.choose(accept);
    assert.equal(`${mediaType.type} ${form}`, expected);
  });
}

test('what nothing fits is 406, with what would', () => {
  const refusal = (negotiator: Negotiator, accept: string) => {
    try {
      negotiator.choose(accept);
    } catch (error) {
      if (isStatusError(error)) return `${error.code} ${error.message}`;
    }
    return undefined;
  };
  assert.equal(refusal(custom, protobuf), '406 only the following media types are accepted: application/json, application/yaml');
  assert.match(refusal(objects, table.replace('json', 'yaml')) ?? '', /^406 only the following media types are accepted when converting to Table/);
});
