/** root-ca-certificate-publisher-controller: the ConfigMap `kube-root-ca.crt` in each namespace, by which Pods trust the API server. */
import type { ConfigMap, Namespace } from '../api/index.ts';
import { getKey, isAlreadyExists, isNotFound } from '../apimachinery/index.ts';
import type { Controller } from './controller.ts';
import { isNamespaceTerminating } from './pod-control.ts';

const name = 'kube-root-ca.crt';
const dataKey = 'ca.crt';
const annotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** `rootCa` in PEM. */
export function rootCaCertificatePublisher(rootCa: string): Controller {
  return {
    name: 'root-ca-certificate-publisher-controller',
    serviceAccount: 'root-ca-cert-publisher',
    watches: [
      { resource: 'namespaces', mapToKey: 'self' },
      { resource: 'configmaps', mapToKey: 'custom' },
    ],
    start(context) {
      const namespaces = context.lister<Namespace>('namespaces');
      const configMaps = context.lister<ConfigMap>('configmaps');
      const client = context.client.resource<ConfigMap>('configmaps');
      return {
        map: {
          configmaps: ({ type, object }) =>
            type !== 'add' && object.metadata?.name === name ? [{ namespace: '', name: object.metadata.namespace ?? '' }] : [],
        },
        async reconcile({ name: namespace }, signal) {
          const object = namespaces.get({ namespace: '', name: namespace });
          if (object === undefined || object.metadata?.deletionTimestamp !== undefined) return;
          const present = configMaps.get({ namespace, name });
          const data = { [dataKey]: rootCa };
          try {
            if (present === undefined) {
              await client.create({ metadata: { namespace, name, annotations: { [annotation]: description } }, data }, { signal });
              return;
            }
            const intact =
              getKey(present.data, dataKey) === rootCa &&
              Object.keys(present.data ?? {}).length === 1 &&
              getKey(present.metadata?.annotations, annotation) === description;
            if (intact) return;
            const annotations = { ...present.metadata?.annotations, [annotation]: description };
            await client.update({ ...present, metadata: { ...present.metadata, annotations }, data }, { signal });
          } catch (error) {
            if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
          }
        },
      };
    },
  };
}
