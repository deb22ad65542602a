import { BackwardWriter } from '../../apimachinery/index.ts';
import type { Doc } from './schemas.ts';

/**
 * The messages of gnostic's openapi.v2, as far as our documents use them: which member of the JSON goes into which field. kubectl asks for
 * OpenAPI v2 in this form only.
 */
type Write = (w: BackwardWriter, value: unknown) => void;
type Fields = readonly (readonly [member: string, number: number, write: (number: number) => Write])[];

const isDoc = (value: unknown): value is Readonly<Doc> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A message around what `inside` writes. */
function nested(w: BackwardWriter, number: number, inside: () => void): void {
  const before = w.length;
  inside();
  w.delimit(number, before);
}

const text =
  (number: number): Write =>
  (w, value) =>
    w.stringField(number, String(value));

const flag =
  (number: number): Write =>
  (w, value) =>
    value === true ? w.varintField(number, 1) : undefined;

const integer =
  (number: number): Write =>
  (w, value) =>
    w.varintField(number, Number(value));

const double =
  (number: number): Write =>
  (w, value) => {
    w.double(Number(value));
    w.tag(number, 1);
  };

/** gnostic's Any holds YAML, and JSON is YAML. */
const any =
  (number: number): Write =>
  (w, value) =>
    nested(w, number, () => w.stringField(2, `${JSON.stringify(value)}\n`));

const repeated =
  (item: (number: number) => Write) =>
  (number: number): Write =>
  (w, value) => {
    const write = item(number);
    for (const one of (value as readonly unknown[]).toReversed()) write(w, one);
  };

/** Inside a message that has nothing but this in field 1 (or another). */
const wrapped =
  (inner: (number: number) => Write, innerNumber = 1) =>
  (number: number): Write =>
  (w, value) =>
    nested(w, number, () => inner(innerNumber)(w, value));

/** A map as a list of pairs: name 1, value 2. */
const named =
  (item: (number: number) => Write) =>
  (number: number): Write =>
  (w, value) => {
    for (const [key, one] of Object.entries(value as Doc).toReversed()) {
      nested(w, number, () => {
        item(2)(w, one);
        w.stringField(1, key);
      });
    }
  };

const message =
  (fields: () => Fields, extensions?: number) =>
  (number: number): Write =>
  (w, value) =>
    nested(w, number, () => writeFields(w, value as Doc, fields(), extensions));

function writeFields(w: BackwardWriter, value: Readonly<Doc>, fields: Fields, extensions: number | undefined): void {
  if (extensions !== undefined) {
    const own = Object.entries(value).filter(([key]) => key.startsWith('x-'));
    if (own.length > 0) named(any)(extensions)(w, Object.fromEntries(own));
  }
  for (const [member, number, write] of fields.toReversed()) {
    if (value[member] !== undefined) write(number)(w, value[member]);
  }
}

const schema = message(() => schemaFields, 31);

const schemaFields: Fields = [
  ['$ref', 1, text],
  ['format', 2, text],
  ['title', 3, text],
  ['description', 4, text],
  ['default', 5, any],
  ['multipleOf', 6, double],
  ['maximum', 7, double],
  ['minimum', 9, double],
  ['maxLength', 11, integer],
  ['minLength', 12, integer],
  ['pattern', 13, text],
  ['maxItems', 14, integer],
  ['minItems', 15, integer],
  ['uniqueItems', 16, flag],
  ['maxProperties', 17, integer],
  ['minProperties', 18, integer],
  ['required', 19, repeated(text)],
  ['enum', 20, repeated(any)],
  [
    'additionalProperties',
    21,
    (number) => (w, value) =>
      nested(w, number, () => {
        if (isDoc(value)) schema(1)(w, value);
        else w.varintField(2, value === true ? 1 : 0);
      }),
  ],
  ['type', 22, wrapped(text)],
  ['items', 23, wrapped(schema)],
  ['properties', 25, wrapped(named(schema))],
];

const parameterFields: Fields = [
  ['required', 1, flag],
  ['in', 2, text],
  ['description', 3, text],
  ['name', 4, text],
];
const pathParameter = message(() => [...parameterFields, ['type', 5, text], ['uniqueItems', 19, flag]]);
const queryParameter = message(() => [...parameterFields, ['type', 6, text], ['uniqueItems', 20, flag]]);
const bodyParameter = message(() => [
  ['description', 1, text],
  ['name', 2, text],
  ['in', 3, text],
  ['required', 4, flag],
  ['schema', 5, schema],
]);

/** ParametersItem { Parameter { BodyParameter 1 | NonBodyParameter 2 { query 3 | path 4 } } } */
const parameter =
  (number: number): Write =>
  (w, value) =>
    nested(w, number, () =>
      nested(w, 1, () => {
        const place = (value as Doc)['in'];
        if (place === 'body') bodyParameter(1)(w, value);
        else nested(w, 2, () => (place === 'path' ? pathParameter(4)(w, value) : queryParameter(3)(w, value)));
      }),
    );

const response = message(() => [
  ['description', 1, text],
  ['schema', 2, wrapped(schema)],
]);

const operation = message(
  () => [
    ['tags', 1, repeated(text)],
    ['description', 3, text],
    ['operationId', 5, text],
    ['produces', 6, repeated(text)],
    ['consumes', 7, repeated(text)],
    ['parameters', 8, repeated(parameter)],
    ['responses', 9, wrapped(named(wrapped(response)))],
    ['schemes', 10, repeated(text)],
  ],
  13,
);

const pathItem = message(() => [
  ['get', 2, operation],
  ['put', 3, operation],
  ['post', 4, operation],
  ['delete', 5, operation],
  ['patch', 8, operation],
  ['parameters', 9, repeated(parameter)],
]);

const documentFields: Fields = [
  ['swagger', 1, text],
  [
    'info',
    2,
    message(() => [
      ['title', 1, text],
      ['version', 2, text],
    ]),
  ],
  ['paths', 8, wrapped(named(pathItem), 2)],
  ['definitions', 9, wrapped(named(schema))],
];

/** An OpenAPI v2 document as `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`. */
export function encodeOpenApiV2(document: Readonly<Doc>): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  writeFields(w, document, documentFields, undefined);
  return w.finish();
}
