import type { MediaType } from '../../http/index.ts';

export const jsonType = 'application/json';
export const yamlType = 'application/yaml';
export const protobufType = 'application/vnd.kubernetes.protobuf';

const none: Readonly<Record<string, string>> = Object.freeze({});
export const plainJson: MediaType = { type: jsonType, parameters: none };

/** What a client may ask an object or list to be shown as. */
export type Form = '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** How a reply is to be encoded: what an Accept header came down to. */
export interface Output {
  readonly mediaType: MediaType;
  readonly form: Form;
}

/** A body or stream whose form was negotiated before it was made. The wire encodes it as `mediaType`. */
export interface Negotiated {
  readonly mediaType: MediaType;
}

export function isNegotiated(body: object): body is Negotiated {
  return 'mediaType' in body;
}
