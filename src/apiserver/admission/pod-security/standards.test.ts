import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, PodSpec } from '../../../api/index.ts';
import { type Level, standardOf, violationsOf } from './standards.ts';

const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;
const of = (name: string, securityContext: object = safe, more: object = {}): Container => ({ name, image: 'i', securityContext, ...more });

const cases: readonly (readonly [Level, Partial<PodSpec>, string | undefined])[] = [
  ['privileged', { hostNetwork: true }, undefined],
  ['restricted', { containers: [of('a')] }, undefined],
  ['baseline', { hostNetwork: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostIPC=true)'],
  ['baseline', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
  [
    'restricted',
    {
      containers: [of('a')],
      volumes: [
        { name: 'v', hostPath: { path: '/' } },
        { name: 'w', nfs: { server: 's', path: '/' } },
      ],
    },
    'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
  ],
  [
    'baseline',
    { containers: [of('a', {}, { ports: [{ containerPort: 1, hostPort: 80 }] }), of('b', {}, { ports: [{ containerPort: 1, hostPort: 81 }] })] },
    'hostPort (containers "a", "b" use hostPorts 80, 81)',
  ],
  [
    'baseline',
    { containers: [of('a', { capabilities: { add: ['SYS_ADMIN', 'KILL', 'NET_ADMIN'] } })] },
    'non-default capabilities (container "a" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
  ],
  [
    'baseline',
    { securityContext: { seLinuxOptions: { type: 'x', user: 'u' } } },
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x"; user may not be set)',
  ],
  [
    'baseline',
    {
      securityContext: {
        sysctls: [
          { name: 'kernel.x', value: '1' },
          { name: 'net.ipv4.tcp_syncookies', value: '1' },
        ],
      },
    },
    'forbidden sysctls (kernel.x)',
  ],
  [
    'baseline',
    { securityContext: { seccompProfile: { type: 'Unconfined' } }, containers: [of('a', { seccompProfile: { type: 'Unconfined' } })] },
    'seccompProfile (pod and container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'baseline',
    { containers: [of('a', { procMount: 'Unmasked' })] },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  ['baseline', { hostUsers: false, containers: [of('a', { procMount: 'Unmasked' })] }, undefined],
  [
    'restricted',
    { hostUsers: false, containers: [of('a', { ...safe, procMount: 'Unmasked' })] },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    'restricted',
    { containers: [of('a', { ...safe, runAsNonRoot: false, runAsUser: 0 })] },
    'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false), runAsUser=0 (container "a" must not set runAsUser=0)',
  ],
  [
    'restricted',
    { containers: [of('a', { ...safe, capabilities: { add: ['CHOWN'] } })] },
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; container "a" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
  [
    'restricted',
    { hostPID: true, containers: [of('a', {})] },
    'host namespaces (hostPID=true), allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ],
];

describe('pod security standards', () => {
  for (const [level, spec, expected] of cases) {
    test(`${level}: ${JSON.stringify(spec).slice(0, 80)}`, () => {
      assert.equal(violationsOf({ level, version: 'latest' }, { containers: [of('a')], ...spec }), expected);
    });
  }

  test('come from labels: none is privileged, nonsense is restricted', () => {
    assert.deepEqual(standardOf(undefined, 'enforce'), { level: 'privileged', version: 'latest' });
    assert.deepEqual(standardOf({ 'pod-security.kubernetes.io/warn': 'baseline', 'pod-security.kubernetes.io/warn-version': 'v1.30' }, 'warn'), {
      level: 'baseline',
      version: 'v1.30',
    });
    assert.equal(standardOf({ 'pod-security.kubernetes.io/enforce': 'x' }, 'enforce').level, 'restricted');
  });
});
