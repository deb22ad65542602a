import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeOrphans } from './orphans.ts';

test('folders, mounts and logs of pods nobody knows go; the others stay', async () => {
  const root = mkdtempSync(join(tmpdir(), 'kubets-orphans-'));
  try {
    const logRoot = join(root, 'pod-logs');
    const volume = (uid: string) => join(root, 'pods', uid, 'volumes/kubernetes.io~secret/token');
    for (const uid of ['here', 'gone']) {
      mkdirSync(volume(uid), { recursive: true });
      mkdirSync(join(logRoot, `default_web_${uid}`), { recursive: true });
    }
    const unmounted: string[] = [];
    await removeOrphans({
      rootDir: root,
      logRoot,
      cgroupParent: `kubets-no-such-${process.pid}`,
      mountHost: {
        mountTmpfs: () => Promise.resolve(),
        isMountPoint: () => Promise.resolve(true),
        unmount: (dir) => Promise.resolve(void unmounted.push(dir)),
      },
      isKnown: (uid) => uid === 'here',
    });
    assert.deepEqual(unmounted, [volume('gone')]);
    assert.deepEqual(
      ['here', 'gone'].map((uid) => [existsSync(join(root, 'pods', uid)), existsSync(join(logRoot, `default_web_${uid}`))]),
      [
        [true, true],
        [false, false],
      ],
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
