import type { RootDatabase } from 'lmdb';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Version } from '../mvcc/key-index.ts';
import type { Applied, MvccSnapshot, MvccStore } from '../mvcc/mvcc-store.ts';
import type { Proposal } from '../mvcc/proposal.ts';

/** First byte of a key in LMDB. */
const kinds = { meta: 1, version: 2, lease: 3 } as const;
const formatVersion = 1;
const metaKey = Buffer.from([kinds.meta]);

interface Meta {
  readonly appliedIndex: number;
  readonly revision: number;
  readonly compactRevision: number;
}

/**
 * The state on disk, as bbolt is etcd's: one record for each state of a key, by revision; leases; and which log index all of it stands for,
 * written in the same transaction. Filled in batches behind the log.
 */
export class LmdbBackend {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #writer = new ByteWriter(16 * 1024);
  #puts: Version[] = [];
  #drops: Version[] = [];
  #leases = new Map<number, number>();
  #pendingBytes = 0;

  private constructor(db: RootDatabase<Buffer, Buffer>) {
    this.#db = db;
  }

  /** Opens the file at `path`, or makes it. The native library is loaded here: a store in memory does without it. */
  static async open(path: string): Promise<LmdbBackend> {
    const { open } = await import('lmdb');
    const options = {
      path,
      encoding: 'binary',
      keyEncoding: 'binary',
      cache: false,
      // Nothing is lost by waiting for the disk here: acknowledgements come from the log.
      overlappingSync: false,
      permissionsMode: 0o600,
      noSubdir: true,
    } as const;
    return new LmdbBackend(open<Buffer, Buffer>(options));
  }

  /** What the last batch stands for; index 0 in a new backend. Throws on a format it does not know. */
  load(): { readonly appliedIndex: number; readonly snapshot: MvccSnapshot } {
    const meta = this.#readMeta();
    const snapshot = { ...meta, leases: this.#readLeases(), versions: this.#readVersions() };
    return { appliedIndex: meta.appliedIndex, snapshot };
  }

  #readMeta(): Meta {
    const bytes = this.#db.get(metaKey);
    if (!bytes) return { appliedIndex: 0, revision: 1, compactRevision: 0 };
    const r = new ByteReader(bytes);
    const version = r.u8();
    if (version !== formatVersion) throw new Error(`the store's data has format ${version}, this program knows ${formatVersion}`);
    return { appliedIndex: r.varint(), revision: r.varint(), compactRevision: r.varint() };
  }

  *#readLeases(): Iterable<{ readonly id: number; readonly ttlSeconds: number }> {
    for (const { key, value } of this.#db.getRange({ start: Buffer.from([kinds.lease]), end: Buffer.from([kinds.lease + 1]) })) {
      yield { id: key.readUIntBE(1, 6) * 256 + key[7]!, ttlSeconds: new ByteReader(value).varint() };
    }
  }

  *#readVersions(): Iterable<Version> {
    for (const { key, value } of this.#db.getRange({ start: Buffer.from([kinds.version]), end: Buffer.from([kinds.version + 1]) })) {
      const r = new ByteReader(value);
      const about = { key: r.key(), createRevision: r.varint(), version: r.varint(), lease: r.varint(), value: r.bytes() };
      yield { ...about, modRevision: key.readUIntBE(1, 6), sub: key.readUInt32BE(7) };
    }
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Remembers what a proposal changed, for the next batch. */
  note(p: Proposal, applied: Applied): void {
    for (const event of applied.events) {
      const version = event.kv as Version;
      this.#puts.push(version);
      this.#pendingBytes += version.key.length + version.value.length + 64;
    }
    if (p.kind === 'leaseGrant') this.#leases.set(p.id, p.ttlSeconds);
    else if (p.kind === 'leaseRevoke') this.#leases.set(p.id, 0);
  }

  /** Remembers states that are to be dropped; those that it never gets to are dropped when the store is opened again. */
  noteDropped(versions: readonly Version[]): void {
    for (const version of versions) this.#drops.push(version);
    this.#pendingBytes += versions.length * 64;
  }

  /** Writes all that was noted as one transaction, together with the index it stands for; durable when it resolves. */
  async flush(store: Pick<MvccStore, 'revision' | 'compactRevision'>, appliedIndex: number): Promise<void> {
    const [puts, drops, leases] = [this.#puts, this.#drops, this.#leases];
    this.#puts = [];
    this.#drops = [];
    this.#leases = new Map();
    this.#pendingBytes = 0;
    const meta = this.#encode((w) => w.u8(formatVersion).varint(appliedIndex).varint(store.revision).varint(store.compactRevision));
    await this.#db.batch(() => {
      for (const v of puts)
        void this.#db.put(
          versionKey(v),
          this.#encode((w) => writeVersion(w, v)),
        );
      for (const v of drops) void this.#db.remove(versionKey(v));
      for (const [id, ttl] of leases)
        void (ttl > 0
          ? this.#db.put(
              leaseKey(id),
              this.#encode((w) => w.varint(ttl)),
            )
          : this.#db.remove(leaseKey(id)));
      void this.#db.put(metaKey, meta);
    });
    await this.#db.flushed;
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  #encode(write: (w: ByteWriter) => void): Buffer {
    this.#writer.reset();
    write(this.#writer);
    return Buffer.from(this.#writer.view());
  }
}

function writeVersion(w: ByteWriter, v: Version): void {
  w.key(v.key).varint(v.createRevision).varint(v.version).varint(v.lease).bytes(v.value);
}

function versionKey(v: Version): Buffer {
  const key = Buffer.allocUnsafe(11);
  key[0] = kinds.version;
  key.writeUIntBE(v.modRevision, 1, 6);
  key.writeUInt32BE(v.sub, 7);
  return key;
}

/** Lease ids have up to 53 bits. */
function leaseKey(id: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key[0] = kinds.lease;
  key.writeUIntBE(Math.floor(id / 256), 1, 6);
  key[7] = id % 256;
  return key;
}
