/** A Pod of the size that upstream's figures were measured with: about 1.5 KB as it is sent, managedFields included. */
export function smallPod(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'web', tier: 'front' } },
    spec: { containers: [{ name: 'web', image: 'registry.example.org/team/web:v1.27.3', ports: [{ containerPort: 8080 }] }] },
  };
}

/** A Pod of the size that clusters hold: 6 to 7 KB. */
export function largePod(name: string): object {
  const container = (n: string) => ({
    name: n,
    image: `registry.example.org/team/${n}:v1.27.3`,
    args: ['--listen=:8080', '--log-level=info', '--config=/etc/app/config.yaml'],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 6 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}-of-some-length` })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 5 },
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: {
        app: 'web',
        tier: 'front',
        'pod-template-hash': '6c9f8d7b5d',
        'app.kubernetes.io/name': 'web',
        'app.kubernetes.io/instance': 'bench',
      },
      annotations: { 'example.org/checksum': '0123456789abcdef0123456789abcdef', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      containers: [container('web'), container('proxy')],
      volumes: [{ name: 'config', configMap: { name: 'web-config' } }],
      tolerations: [{ key: 'example.org/dedicated', operator: 'Exists', effect: 'NoSchedule' }],
    },
  };
}
