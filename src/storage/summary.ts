import type { Cell, ResourceDefinition, ResourceVersion } from '../api/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { Summary } from './types.ts';

/** Label sets repeat: the pods of one Deployment share theirs. Bounded; starts anew when it is full. */
export class LabelInterner {
  readonly #byText = new Map<string, Readonly<Record<string, string>>>();
  readonly #capacity: number;

  constructor(capacity = 4096) {
    this.#capacity = capacity;
  }

  intern(labels: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | undefined {
    if (!labels) return undefined;
    const text = JSON.stringify(labels);
    const known = this.#byText.get(text);
    if (known) return known;
    if (this.#byText.size >= this.#capacity) this.#byText.clear();
    this.#byText.set(text, labels);
    return labels;
  }
}

/** Builds summaries of one resource: made once, so that the definition's parts are looked up once. */
export class Summarizer {
  readonly fieldNames: readonly string[];
  readonly #readers: readonly ((obj: KubeObject) => string)[];
  readonly #columns: ResourceVersion['columns'];
  readonly #interner = new LabelInterner();

  constructor(definition: ResourceDefinition) {
    this.fieldNames = Object.keys(definition.selectableFields);
    this.#readers = Object.values(definition.selectableFields);
    this.#columns = definition.versions.find((v) => v.version === definition.storageVersion)?.columns ?? [];
  }

  summarize(obj: KubeObject): Summary {
    const meta = obj.metadata ?? {};
    return {
      namespace: meta.namespace ?? '',
      name: meta.name ?? '',
      uid: meta.uid ?? '',
      labels: this.#interner.intern(meta.labels),
      fields: this.#readers.length === 0 ? noFields : this.#readers.map((read) => read(obj)),
      cells: this.#columns.length === 0 ? noCells : this.#columns.map((c) => cellOf(c, obj)),
    };
  }
}

const noFields: readonly string[] = [];
const noCells: readonly Cell[] = [];

/** A column that cannot cope with an object (custom kinds name paths, and old objects may break them) shows nothing instead of hiding the object. */
function cellOf(column: ResourceVersion['columns'][number], obj: KubeObject): Cell {
  try {
    return column.value(obj);
  } catch {
    return null;
  }
}
