import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../api/index.ts';
import { FakeClock } from '../base/index.ts';
import type { AuthConfig, CriRuntime, Image, ImageSpec } from '../cri/index.ts';
import { ImageError, Images } from './images.ts';
import { app, podOf } from './pod-fixtures.ts';

/** A runtime with a registry behind it: `there` are the images that can be pulled, `password` what it wants for them. */
function registry(
  options: {
    readonly there?: readonly string[];
    readonly present?: readonly string[];
    readonly password?: string;
    readonly secrets?: Readonly<Record<string, Secret>>;
  } = {},
) {
  const clock = new FakeClock();
  const present = new Set(options.present);
  const events: string[] = [];
  const pulls: string[] = [];
  const runtime = {
    imageStatus: ({ image }: ImageSpec) => Promise.resolve(present.has(image) ? ({ id: `sha256:${image}`, size: 10 } as Image) : undefined),
    async pullImage({ image }: ImageSpec, { auth }: { readonly auth?: AuthConfig } = {}) {
      pulls.push(`${image} ${auth?.username ?? '-'}`);
      if (!(options.there ?? []).includes(image) || auth?.password !== options.password) throw new Error('no such image');
      present.add(image);
      return image;
    },
  } as unknown as CriRuntime;
  const images = new Images({
    runtime,
    clock,
    events: { pod: (_p, e) => events.push(`${e.reason}: ${e.message}`), container: (_p, _c, e) => events.push(`${e.reason}: ${e.message}`) },
    secrets: { secret: (_ns, name) => Promise.resolve(options.secrets?.[name]) },
  });
  return { images, clock, events, pulls };
}

const refused = (reason: string, message: RegExp) => (e: unknown) => e instanceof ImageError && e.reason === reason && message.test(e.message);
const name = 'docker.io/library/x:1';

test('policies', async () => {
  const present = registry({ present: [name], there: [name] });
  assert.equal((await present.images.ensure(podOf(), app('main', { image: 'x:1', imagePullPolicy: 'IfNotPresent' }))).id, `sha256:${name}`);
  assert.equal((await present.images.ensure(podOf(), app('main', { image: 'x:1', imagePullPolicy: 'Never' }))).id, `sha256:${name}`);
  assert.deepEqual(present.pulls, []);
  await present.images.ensure(podOf(), app('main', { image: 'x:1', imagePullPolicy: 'Always' }));
  assert.deepEqual(present.pulls, [`${name} -`]);
  const missing = registry({ there: [name] });
  await assert.rejects(
    missing.images.ensure(podOf(), app('main', { image: 'x:1', imagePullPolicy: 'Never' })),
    refused('ErrImageNeverPull', /^Container image "x:1" is not present with pull policy of Never$/),
  );
  await missing.images.ensure(podOf(), app('main', { image: 'x:1', imagePullPolicy: 'IfNotPresent' }));
  assert.match(missing.events.at(-1)!, /^Pulled: Successfully pulled image "x:1" in \d+ms \(\d+ms including waiting\)\. Image size: 10 bytes\.$/);
});

test('a name that is none', async () => {
  const { images } = registry();
  await assert.rejects(
    images.ensure(podOf(), app('main', { image: 'X:://' })),
    refused('InvalidImageName', /^Failed to apply default image tag "X::\/\/": /),
  );
});

test('a pull that fails is tried again after 10 s, then after 20', async () => {
  const { images, clock, pulls, events } = registry();
  const ensure = () => images.ensure(podOf(), app('main', { image: 'x:1' }));
  await assert.rejects(ensure(), refused('ErrImagePull', /no such image/));
  await assert.rejects(ensure(), refused('ImagePullBackOff', /^Back-off pulling image "x:1": ErrImagePull: .*no such image$/));
  await clock.advance(10_001);
  await assert.rejects(ensure(), refused('ErrImagePull', /no such image/));
  await clock.advance(10_001);
  await assert.rejects(ensure(), refused('ImagePullBackOff', /Back-off/));
  assert.equal(pulls.length, 2);
  assert.ok(events.includes('BackOff: Back-off pulling image "x:1"'));
});

test('secrets are tried one by one', async () => {
  const secret = (username: string, password: string): Secret => ({
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths: { 'docker.io': { username, password } } })).toString('base64') },
  });
  const { images, pulls, events } = registry({ there: [name], password: 'right', secrets: { a: secret('a', 'wrong'), b: secret('b', 'right') } });
  await images.ensure(podOf({ imagePullSecrets: [{ name: 'a' }, { name: 'none' }, { name: 'b' }] }), app('main', { image: 'x:1' }));
  assert.deepEqual(pulls, [`${name} a`, `${name} b`]);
  assert.ok(
    events.includes(
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (none); attempting to pull the image may not succeed.',
    ),
  );
});
