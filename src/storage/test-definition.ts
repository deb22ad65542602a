import type { ResourceDefinition } from '../api/index.ts';
import type { KubeObject, ObjectSchema } from '../apimachinery/index.ts';

/** A pod-like resource for tests of the store: what matters here is layout, summaries and selectors, not the kind. */
export type Widget = KubeObject & { readonly spec?: { readonly nodeName?: string; readonly size?: number } };

const schema: ObjectSchema = { kind: 'object', name: '', fields: new Map(), preserveUnknownFields: true };

export const widgets: ResourceDefinition<Widget> = {
  group: 'example.com',
  kind: 'Widget',
  listKind: 'WidgetList',
  plural: 'widgets',
  singular: 'widget',
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  versions: [{ version: 'v1', served: true, schema, columns: [{ name: 'Size', type: 'integer', value: (w) => w.spec?.size ?? 0 }] }],
  storageVersion: 'v1',
  strategy: {},
  subresources: [],
  selectableFields: { 'spec.nodeName': (w) => w.spec?.nodeName ?? '' },
};

export function widget(
  name: string,
  more: { readonly namespace?: string; readonly labels?: Record<string, string>; readonly spec?: Widget['spec'] } = {},
): Widget {
  const { namespace = 'default', labels, spec } = more;
  return { metadata: { name, namespace, uid: `uid-${name}`, ...(labels ? { labels } : {}) }, ...(spec ? { spec } : {}) };
}
