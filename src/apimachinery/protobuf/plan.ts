import type { FieldSchema, ObjectSchema } from '../schema.ts';

/** A message: fields by ascending number. An embedded Go struct is a message in protobuf whose fields stand in the parent's JSON. */
export interface MessagePlan {
  readonly items: readonly PlanItem[];
}

export type PlanItem =
  | { readonly number: number; readonly field: FieldSchema; readonly embedded?: undefined }
  | { readonly number: number; readonly embedded: MessagePlan; readonly field?: undefined };

const plans = new WeakMap<ObjectSchema, MessagePlan>();

/** The message of a built-in type. Fields without a number (kind, apiVersion) are not in it. */
export function planOf(schema: ObjectSchema): MessagePlan {
  const known = plans.get(schema);
  if (known) return known;
  const made = group([...schema.fields.values()].map((field) => ({ field, path: field.inlinedIn ?? [] })));
  plans.set(schema, made);
  return made;
}

interface Placed {
  readonly field: FieldSchema;
  readonly path: readonly number[];
}

function group(placed: readonly Placed[]): MessagePlan {
  const items: PlanItem[] = [];
  const embedded = new Map<number, Placed[]>();
  for (const { field, path } of placed) {
    const [first, ...rest] = path;
    if (first === undefined) {
      if (field.number !== undefined) items.push({ number: field.number, field });
      continue;
    }
    const inside = embedded.get(first) ?? [];
    inside.push({ field, path: rest });
    embedded.set(first, inside);
  }
  for (const [number, inside] of embedded) items.push({ number, embedded: group(inside) });
  return { items: items.sort((a, b) => a.number - b.number) };
}
