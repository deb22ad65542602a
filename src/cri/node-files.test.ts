import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCniConfig } from './cni.ts';
import { type ContainerdConfig, containerdToml } from './containerd-config.ts';

const config: ContainerdConfig = {
  rootDir: '/r',
  stateDir: '/s',
  socket: '/s/c.sock',
  cniConfDir: '/c "quoted"',
  cniBinDir: '/b',
  snapshotter: 'overlayfs',
  pauseImage: 'registry.k8s.io/pause:kubets',
  runtime: 'crun',
  runtimes: { crun: '/usr/bin/crun' },
  mayLowerOomScore: false,
  appArmor: false,
};

test('config.toml names only the runtimes that are there and what the machine allows', () => {
  const lines = containerdToml(config).split('\n');
  for (const line of [
    'root = "/r/root"',
    'state = "/s/state"',
    'address = "/s/c.sock"',
    'conf_dir = "/c \\"quoted\\""',
    'restrict_oom_score_adj = true',
    'disable_apparmor = true',
    'default_runtime_name = "crun"',
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]',
  ]) {
    assert.ok(lines.includes(line), line);
  }
  assert.ok(!lines.some((l) => l.includes('runtimes.runc')));
  assert.ok(containerdToml({ ...config, mayLowerOomScore: true }).includes('restrict_oom_score_adj = false'));
});

test('the network is a bridge with a default route and no masquerade, written whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-cni-'));
  try {
    const confDir = join(folder, 'net.d');
    writeCniConfig({ confDir, podCidr: '10.1.2.0/24', bridge: 'cni0', mtu: 1450, dataDir: join(folder, 'ipam') });
    assert.deepEqual(readdirSync(confDir), ['10-kubets.conflist']);
    const { plugins } = JSON.parse(readFileSync(join(confDir, '10-kubets.conflist'), 'utf8')) as { plugins: Record<string, unknown>[] };
    const [bridge, portmap] = plugins;
    assert.deepEqual(
      [bridge!['type'], bridge!['isGateway'], bridge!['ipMasq'], bridge!['hairpinMode'], bridge!['mtu'], portmap!['type']],
      ['bridge', true, false, true, 1450, 'portmap'],
    );
    assert.deepEqual((bridge!['ipam'] as Record<string, unknown>)['ranges'], [[{ subnet: '10.1.2.0/24' }]]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
