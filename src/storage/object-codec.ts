import type { ResourceDefinition } from '../api/index.ts';
import { apiVersionOf, type KubeObject } from '../apimachinery/index.ts';
import type { KeyValue } from '../etcd/index.ts';
import { type CanonicalEncoder, encodeStored, looksStored } from './layout.ts';
import { Recency } from './recency.ts';
import { Stored, type StoredShape } from './stored.ts';
import type { Transformer, Writable } from './store.ts';
import { Summarizer } from './summary.ts';

/** Parsed objects a resource keeps for in-process readers and the next write. */
const recentValues = 256;

/** A value on its way to the store. The store hands the same bytes back in this process, and the object need not be parsed again. */
export interface Outgoing {
  /** As the store is given it. */
  readonly value: Uint8Array;
  /** Before encryption. */
  readonly plain: Uint8Array;
  readonly object: KubeObject;
  /** Set when the store has reported the write. */
  stored?: Stored;
}

/** Between objects and the bytes of one resource in the store. */
export class ObjectCodec {
  readonly summarizer: Summarizer;
  readonly #shape: StoredShape;
  readonly #encoder: CanonicalEncoder;
  readonly #transformer: Transformer | undefined;
  readonly #outgoing = new WeakMap<Uint8Array, Outgoing>();
  /** Written under an older encryption key. */
  readonly #stale = new WeakSet<Stored>();

  constructor(definition: ResourceDefinition, options: { readonly encoder: CanonicalEncoder; readonly transformer: Transformer | undefined }) {
    const { kind } = definition;
    const apiVersion = apiVersionOf(definition.group, definition.storageVersion);
    this.summarizer = new Summarizer(definition);
    this.#encoder = options.encoder;
    this.#transformer = options.transformer;
    this.#shape = {
      kind,
      apiVersion,
      head: `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":{"resourceVersion":"`,
      recent: new Recency<Stored>(recentValues, (stored) => stored.forgetValue()),
    };
  }

  encode(writable: Writable): Uint8Array {
    return encodeStored(writable, this.#encoder);
  }

  /** Makes a value ready for the store. */
  async outgoing(plain: Uint8Array, object: KubeObject, key: string): Promise<Outgoing> {
    const value = this.#transformer ? await this.#transformer.toStorage(plain, key) : plain;
    const outgoing = { value, plain, object };
    this.#outgoing.set(value, outgoing);
    return outgoing;
  }

  /** The object of a value that the store reports. Throws, or rejects, for bytes that are none. */
  decode(kv: KeyValue): Stored | Promise<Stored> {
    const known = this.#outgoing.get(kv.value);
    if (known) {
      // The bytes live on in the store; the parsed object must not live on with them.
      this.#outgoing.delete(kv.value);
      return (known.stored = this.written(known, kv.modRevision));
    }
    if (!this.#transformer) return this.#parse(kv.value, kv.modRevision);
    const result = this.#transformer.fromStorage(kv.value, kv.key);
    const finish = (r: Awaited<typeof result>) => {
      const stored = this.#parse(r.value, kv.modRevision);
      if (r.stale) this.#stale.add(stored);
      return stored;
    };
    return result instanceof Promise ? result.then(finish) : finish(result);
  }

  /** The object that was written, once its revision is known. */
  written(outgoing: Outgoing, revision: number): Stored {
    const stored = new Stored(this.#shape, outgoing.plain, { revision, summary: this.summarizer.summarize(outgoing.object) });
    stored.adopt(outgoing.object);
    return stored;
  }

  /** The write is over, whether the store reported it here or not. */
  done(outgoing: Outgoing): void {
    this.#outgoing.delete(outgoing.value);
  }

  isStale(stored: Stored): boolean {
    return this.#stale.has(stored);
  }

  #parse(value: Uint8Array, revision: number): Stored {
    if (!looksStored(value)) throw new TypeError('value is not a stored object');
    const placeholder = { namespace: '', name: '', uid: '', labels: undefined, fields: [], cells: [] };
    const bare = new Stored(this.#shape, value, { revision, summary: placeholder }).bare();
    return new Stored(this.#shape, value, { revision, summary: this.summarizer.summarize(bare) });
  }
}
