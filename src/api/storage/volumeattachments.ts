import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { VolumeAttachment } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { collect } from '../helpers/validation/checks.ts';

export const volumeAttachments = define<VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  strategy: {
    ...withStatus({ generation: false, resetMetadata: true }),
    allowUnconditionalUpdate: false,
    validateUpdate: (obj, old) => collect((c) => c.immutable(obj.spec, !semanticEqual(obj.spec, old.spec), 'spec', '')),
  },
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('Attacher', (o) => o.spec?.attacher ?? '', { format: 'name' }),
    column('PV', (o) => o.spec?.source?.persistentVolumeName ?? ''),
    column('Node', (o) => o.spec?.nodeName ?? ''),
    column('Attached', (o) => o.status?.attached ?? false, { type: 'boolean' }),
    ageColumn,
  ],
});
