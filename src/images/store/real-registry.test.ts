import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { busyboxImage, digestOf } from '../../core/container-image.fixture.ts';
import { Registry, type RegistryOptions, registrySkip } from '../../core/registry.fixture.ts';
import { openTestStore } from './open-store.fixture.ts';

const login = { username: 'user', password: 'pass:word' };
const image = busyboxImage({ User: 'app' }, [{ path: 'etc/motd', content: 'hello' }]);

async function registryOf(t: TestContext, options: RegistryOptions = {}): Promise<Registry> {
  const registry = await Registry.open({ ...options, images: { 'tools/busybox:1': image } });
  t.after(() => registry.close());
  return registry;
}

test('a registry of Docker answers a pull, whole', registrySkip(), async (t) => {
  const registry = await registryOf(t);
  const { store } = await openTestStore(t);
  const pulled = await store.pull({ image: registry.image('tools/busybox:1') });
  assert.deepEqual([pulled.configDigest, pulled.config.user], [digestOf(image.config), 'app']);
  assert.equal(readFileSync(join(pulled.root, 'etc/motd'), 'utf8'), 'hello');
  assert.ok(existsSync(join(pulled.root, 'bin/busybox')));
  await assert.rejects(store.pull({ image: registry.image('tools/busybox:2') }), {
    name: 'PullFailed',
    message: `manifest for ${registry.image('tools/busybox:2')} not found: manifest unknown`,
  });
  const byDigest = `${registry.image('tools/busybox')}@${pulled.digest}`;
  assert.equal((await store.pull({ image: byDigest })).root, pulled.root);
});

test('a registry with passwords and TLS of an own authority answers who has both', registrySkip(), async (t) => {
  const registry = await registryOf(t, { login, tls: true });
  const name = registry.image('tools/busybox:1');
  const ca = readFileSync(registry.authority ?? '', 'utf8');
  const { store } = await openTestStore(t, { registries: { [registry.address]: { ca } } });
  await assert.rejects(store.pull({ image: name }), {
    name: 'PullFailed',
    message: /^pull access denied for .*, repository does not exist or may require authorization: unauthorized: /,
  });
  await assert.rejects(store.pull({ image: name, credentials: { ...login, password: 'wrong' } }), {
    name: 'PullFailed',
    message: /: unauthorized: /,
  });
  assert.equal((await store.pull({ image: name, credentials: login })).config.user, 'app');
  const configured = await openTestStore(t, { registries: { [registry.address]: { ca, credentials: login } } });
  assert.equal((await configured.store.pull({ image: name })).config.user, 'app');
});

test(
  'a certificate that nobody known has signed is refused, unless the registry may be insecure',
  registrySkip(),
  async (t) => {
    const registry = await registryOf(t, { tls: true });
    const name = registry.image('tools/busybox:1');
    const strict = await openTestStore(t, { registries: { [registry.address]: { insecure: false } } });
    await assert.rejects(strict.store.pull({ image: name }), {
      name: 'PullFailed',
      message: /^Get "https:\/\/127\.0\.0\.1:\d+\/v2\/": tls: failed to verify certificate: /,
    });
    const loose = await openTestStore(t, { registries: { [registry.address]: { insecure: true } } });
    assert.equal((await loose.store.pull({ image: name })).config.user, 'app');
  },
);
