import { schemaOf } from '../../api/index.ts';
import type { ObjectSchema } from '../../apimachinery/index.ts';

/** Schemas that all group versions share, for encoding them as protobuf. */
export const statusSchema = (): ObjectSchema => schemaOf('', 'v1', 'Status');
export const deleteOptionsSchema = (): ObjectSchema => schemaOf('', 'v1', 'DeleteOptions');
export const partialObjectMetadataSchema = (): ObjectSchema => schemaOf('meta.k8s.io', 'v1', 'PartialObjectMetadata');
export const partialObjectMetadataListSchema = (): ObjectSchema => schemaOf('meta.k8s.io', 'v1', 'PartialObjectMetadataList');
