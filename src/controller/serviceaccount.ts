/** serviceaccount-controller: the ServiceAccount `default` in each namespace. */
import type { Namespace, ServiceAccount } from '../api/index.ts';
import { isAlreadyExists } from '../apimachinery/index.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import type { Controller } from './controller.ts';

const names = ['default'];

export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  serviceAccount: 'service-account-controller',
  watches: [
    { resource: 'namespaces', mapToKey: 'self' },
    { resource: 'serviceaccounts', mapToKey: 'custom' },
  ],
  start(context) {
    const namespaces = context.lister<Namespace>('namespaces');
    const accounts = context.lister<ServiceAccount>('serviceaccounts');
    return {
      map: {
        serviceaccounts: ({ type, object }) =>
          type === 'delete' && names.includes(object.metadata?.name ?? '') ? [{ namespace: '', name: object.metadata?.namespace ?? '' }] : [],
      },
      async reconcile({ name: namespace }, signal) {
        const object = namespaces.get({ namespace: '', name: namespace });
        if (object === undefined || object.metadata?.deletionTimestamp !== undefined) return;
        for (const name of names) {
          if (accounts.get({ namespace, name }) !== undefined) continue;
          try {
            await context.client.resource<ServiceAccount>('serviceaccounts').create({ metadata: { namespace, name } }, { signal });
          } catch (error) {
            if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
          }
        }
      },
    };
  },
};
