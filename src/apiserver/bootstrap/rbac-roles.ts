import type { BootstrapInit, PostStartHook } from './hooks.ts';

/** The default roles and bindings, completed on each start. */
export function rbacRoles(_init: BootstrapInit): readonly PostStartHook[] {
  return [];
}
