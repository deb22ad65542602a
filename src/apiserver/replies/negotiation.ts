import { statusErrors } from '../../apimachinery/index.ts';
import { type MediaType, negotiate, parseAccept } from '../../http/index.ts';
import { type Form, jsonType, type Output, protobufType, yamlType } from './media-types.ts';

const maxRemembered = 256;
const builtInOffers = [jsonType, yamlType, protobufType] as const;
const customOffers = [jsonType, yamlType] as const;
const metaOffers = [jsonType, protobufType] as const;
const forms: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** What a verb can answer with. */
export interface Offers {
  /** Built-in kinds have a protobuf form. */
  readonly protobuf: boolean;
  /** JSON, which is stored bytes, is sent instead of protobuf where the client takes it as well: lists and watches cost a tenth so. */
  readonly preferStored?: boolean;
  /** Forms other than the object's own that this verb can answer in. */
  readonly forms: readonly Form[];
}

/**
 * Chooses how to answer by the Accept header. Clients send few different ones, so the choices are remembered, within a bound. Throws
 * 406 when nothing fits.
 */
export class Negotiator {
  readonly #offers: Offers;
  readonly #known = new Map<string, Output>();

  constructor(offers: Offers) {
    this.#offers = offers;
  }

  choose(accept: string | undefined): Output {
    const key = accept ?? '';
    const known = this.#known.get(key);
    if (known) return known;
    const chosen = this.#choose(accept);
    if (this.#known.size >= maxRemembered) this.#known.clear();
    this.#known.set(key, chosen);
    return chosen;
  }

  #choose(accept: string | undefined): Output {
    const offers = this.#offers.protobuf ? builtInOffers : customOffers;
    const accepts = (mediaType: MediaType) => this.#accepts(mediaType);
    const chosen = negotiate(accept, builtInOffers, accepts);
    if (chosen?.type === protobufType && this.#offers.preferStored) {
      const { as } = chosen.parameters;
      const stored = negotiate(accept, [jsonType], (mediaType) => accepts(mediaType) && mediaType.parameters['as'] === as);
      if (stored) return outputOf(stored);
    }
    if (chosen) return outputOf(chosen);
    const target = parseAccept(accept).find((wish) => wish.parameters['as'] !== undefined)?.parameters['as'];
    if (target === undefined || !forms.has(target)) {
      throw statusErrors.notAcceptable(`only the following media types are accepted: ${offers.join(', ')}`);
    }
    throw statusErrors.notAcceptable(
      `only the following media types are accepted when converting to ${target}.v1.meta.k8s.io: ${metaOffers.join(', ')}`,
    );
  }

  #accepts(mediaType: MediaType): boolean {
    const { as, g, v } = mediaType.parameters;
    if (as === undefined) return this.#offers.protobuf || mediaType.type !== protobufType;
    if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return false;
    if (as === 'Table' && mediaType.type !== jsonType) return false;
    return mediaType.type !== yamlType && this.#offers.forms.includes(as as Form);
  }
}

function outputOf(mediaType: MediaType): Output {
  const as = mediaType.parameters['as'];
  return { mediaType, form: as !== undefined && forms.has(as) ? (as as Form) : '' };
}
