import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInResources } from '../../src/api/index.ts';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { isNotFound } from '../../src/apimachinery/index.ts';
import { createApiServer, createSecurity } from '../../src/apiserver/index.ts';
import { realClock as clock, seededRng, silentLogger as logger } from '../../src/base/index.ts';
import { createClient, createInformer, discover, httpsTransport } from '../../src/client/index.ts';
import { openMemoryEtcd } from '../../src/etcd/index.ts';
import { serve } from '../../src/http/index.ts';
import { clientUsages, createAuthority, issueCertificate, serverUsages } from '../../src/pki/index.ts';

test('a client with a certificate lists, watches and writes over the wire', async () => {
  const rng = seededRng(5);
  const ca = createAuthority({ commonName: 'ca', clock });
  const serving = issueCertificate(
    ca,
    { subject: { commonName: 's' }, usages: serverUsages, validityMs: 3_600_000, ipAddresses: ['127.0.0.1'] },
    clock,
  );
  const admin = issueCertificate(
    ca,
    { subject: { commonName: 'admin', organizations: ['system:masters'] }, usages: clientUsages, validityMs: 3_600_000 },
    clock,
  );
  await using etcd = openMemoryEtcd({ clock });
  const security = createSecurity({});
  await using server = createApiServer({ etcd, clock, rng, logger, security, resources: builtInResources });
  await server.start();
  const handle = await serve({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { cert: serving.certificatePem, key: serving.keyPem, clientCa: ca.certificatePem },
    handler: server.wireHandler,
    logger,
  });
  const end = new AbortController();
  const transport = httpsTransport({
    server: `https://127.0.0.1:${handle.port}`,
    ca: ca.certificatePem,
    cert: admin.certificatePem,
    key: admin.keyPem,
    clock,
    rng,
  });
  try {
    const client = createClient(transport);
    const maps = client.resource<KubeObject>('configmaps');
    const informer = createInformer(maps, { clock, rng, logger, namespace: 'default' });
    const seen: string[] = [];
    informer.addHandler({ onAdd: (o) => seen.push(`add ${o.metadata?.name}`), onDelete: (o) => seen.push(`delete ${o.metadata?.name}`) });
    const running = informer.run(end.signal);
    await informer.synced();
    for (let i = 0; i < 5; i++) await maps.create({ metadata: { name: `m${i}`, namespace: 'default' } });
    await maps.delete({ namespace: 'default', name: 'm0' });
    for (let i = 0; i < 200 && seen.length < 6; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(seen, ['add m0', 'add m1', 'add m2', 'add m3', 'add m4', 'delete m0']);
    assert.equal((await maps.listAll({ namespace: 'default', pageSize: 2 })).items.length, 4);
    await assert.rejects(maps.get({ namespace: 'default', name: 'm0' }), isNotFound);
    const found = await discover(transport);
    assert.ok(found.resources.some((r) => r.plural === 'deployments' && r.kind === 'Deployment' && r.subresources.includes('scale')));
    end.abort();
    await running;
  } finally {
    await transport[Symbol.asyncDispose]();
    await handle.close();
    security.close();
  }
});
