import type { FrameworkPlugin } from '../framework/index.ts';

/** Binds by the pod's `binding` subresource. */
export const defaultBinder: FrameworkPlugin = {
  name: 'DefaultBinder',
  async bind(pod, nodeName, handle) {
    await handle.bind(pod, nodeName);
    return undefined;
  },
};
