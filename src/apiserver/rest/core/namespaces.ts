import type { Namespace } from '../../../api/index.ts';
import type { Draft } from '../../../apimachinery/index.ts';
import type { RestHooks } from '../rest-hooks.ts';

/** Namespaces go in two steps: marked first, gone when `spec.finalizers` is empty. */
export const namespaceHooks: RestHooks = {
  group: '',
  resource: 'namespaces',
  onMarkDeleted(object) {
    const namespace = object as Draft<Namespace>;
    const held = (namespace.spec?.finalizers?.length ?? 0) > 0;
    if (held) namespace.status = { ...namespace.status, phase: 'Terminating' };
    return held;
  },
};
