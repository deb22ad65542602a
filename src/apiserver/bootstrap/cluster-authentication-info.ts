import { equalJson, type Json } from '../../apimachinery/index.ts';
import type { ConfigMap } from '../../api/index.ts';
import { ensureExists, find } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

const path = '/api/v1/namespaces/kube-system/configmaps';
const name = 'extension-apiserver-authentication';

/** Tells extension API servers whose certificates this server trusts. */
export function clusterAuthenticationInfo({ context, options }: BootstrapInit): readonly PostStartHook[] {
  const data: Record<string, string> = {};
  if (options.clientCa !== undefined) data['client-ca-file'] = options.clientCa;
  if (options.requestHeaderCa !== undefined) {
    data['requestheader-allowed-names'] = '["front-proxy-client"]';
    data['requestheader-client-ca-file'] = options.requestHeaderCa;
    data['requestheader-extra-headers-prefix'] = '["X-Remote-Extra-"]';
    data['requestheader-group-headers'] = '["X-Remote-Group"]';
    data['requestheader-uid-headers'] = '["X-Remote-Uid"]';
    data['requestheader-username-headers'] = '["X-Remote-User"]';
  }
  if (!context.catalog.definition('', 'configmaps') || Object.keys(data).length === 0) return [];
  return [
    {
      name: 'start-cluster-authentication-info-controller',
      async run() {
        const found = await find<ConfigMap>(context, `${path}/${name}`);
        const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'kube-system' }, data };
        if (!found) await ensureExists(context, path, object);
        else if (!equalJson((found.data ?? null) as Json, data)) {
          await context.loopback.call({ method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body: { data } });
        }
      },
    },
  ];
}
