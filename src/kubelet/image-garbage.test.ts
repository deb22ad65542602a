import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Image } from '../cri/index.ts';
import { imagesToRemove } from './image-garbage.ts';

const image = (id: string, more: Partial<Image> = {}): Image => ({
  id,
  repoTags: [`r.io/${id}:1`],
  repoDigests: [],
  size: 100,
  username: '',
  pinned: false,
  ...more,
});
const minutes = 60_000;
const nowMs = 100 * minutes;
const seen = (firstAgo: number, usedAgo: number) => ({ firstMs: nowMs - firstAgo * minutes, usedMs: nowMs - usedAgo * minutes });

function chosen(images: readonly Image[], availablePercent: number): string[] {
  const facts = {
    images,
    inUse: new Set(['r.io/used:1']),
    seen: new Map([
      ['old', seen(60, 50)],
      ['older', seen(60, 55)],
      ['new', seen(1, 1)],
      ['used', seen(60, 0)],
      ['pinned', seen(60, 60)],
    ]),
    disk: { capacityBytes: 1_000, availableBytes: availablePercent * 10 },
    nowMs,
  };
  return imagesToRemove(facts).images.map((i) => i.id);
}

test('while the disk is too full the longest unused go, until there is room', () => {
  const all = [image('old'), image('older'), image('new'), image('used'), image('pinned', { pinned: true })];
  assert.deepEqual(chosen(all, 50), []);
  assert.deepEqual(chosen(all, 14), ['older']);
  assert.deepEqual(chosen(all, 1), ['older', 'old']);
  assert.deepEqual(chosen([image('new'), image('used')], 1), []);
});
