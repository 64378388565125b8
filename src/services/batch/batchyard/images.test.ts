import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineImages, EngineUnavailable, PullFailed, type StoredImage } from '../../../engines/index.ts';
import { type Bench, openBench } from '../batch.fixture.ts';

const stored: StoredImage = {
  reference: 'docker.io/library/a:1',
  digest: `sha256:${'1'.repeat(64)}`,
  configDigest: `sha256:${'2'.repeat(64)}`,
  root: '/images/a',
  config: { entrypoint: [], command: [], environment: [], labels: {} },
  sizeBytes: 5,
  notes: ['2 character devices left out'],
};
const shown = {
  name: stored.reference,
  digest: stored.digest,
  imageId: stored.configDigest,
  sizeBytes: 5,
  notes: stored.notes,
};

const noImages: EngineImages = {
  list: () => [],
  pull: () => Promise.reject(new PullFailed('none')),
  prune: async () => ({ freedBytes: 0, inUse: [], unknown: [] }),
  importArchive: async () => [],
};

async function bench(images: Partial<EngineImages>): Promise<Bench> {
  return openBench({ images: { ...noImages, ...images } });
}

test('images that are here are listed, without where their files are', async () => {
  const { call } = await bench({ list: () => [stored] });
  assert.deepEqual(await call('ListImages', {}), { images: [shown] });
});

test('a pull that takes long answers within a second how far it is; asked again it goes on, and is made once', async () => {
  const { promise, resolve } = Promise.withResolvers<StoredImage>();
  let pulls = 0;
  const { call, clock } = await bench({
    pull: ({ onProgress, refresh }) => {
      pulls += 1;
      assert.equal(refresh, true, 'a tag may have moved');
      onProgress?.({ phase: 'downloading', bytes: 1, totalBytes: 5 });
      return promise;
    },
  });
  const first = call('PullImage', { image: 'a:1' });
  await turns();
  clock.advance(1_000);
  assert.deepEqual(await first, { progress: { phase: 'downloading', bytes: 1, totalBytes: 5 } });
  const second = call('PullImage', { image: 'a:1' });
  await turns();
  resolve(stored);
  assert.deepEqual([await second, pulls], [{ image: shown }, 1]);
  await call('PullImage', { image: 'a:1' });
  assert.equal(pulls, 2, 'what has ended is done anew');
});

test('what is wrong with an image is said, and asking again tries again', async () => {
  const { refusal } = await bench({ pull: () => Promise.reject(new PullFailed('manifest for a:1 not found')) });
  for (let tries = 0; tries < 2; tries += 1)
    assert.equal(await refusal('PullImage', { image: 'a:1' }), 'manifest for a:1 not found');
});

test('nothing is done where the engine cannot say what its tasks use, or keeps no images', async () => {
  const unavailable = await bench({ prune: () => Promise.reject(new EngineUnavailable('tasks are being taken over')) });
  assert.equal(await unavailable.refusal('PruneImages', {}), 'tasks are being taken over');
  const none = await openBench();
  const words =
    'this server keeps no images: its jobs run as containers, and their daemon has the images (docker images, podman images)';
  assert.equal(await none.refusal('ListImages', {}), words);
});

test('an archive is taken in from an absolute path, under a name if one is given', async () => {
  const asked: unknown[] = [];
  const { call, refusal } = await bench({
    importArchive: async (...how) => {
      asked.push(how);
      return [stored];
    },
  });
  assert.deepEqual(await call('ImportImages', { path: '/a.tar', name: 'a:1' }), { images: [shown] });
  assert.deepEqual(asked, [['/a.tar', 'a:1']]);
  assert.equal(await refusal('ImportImages', { path: 'a.tar' }), 'path must be absolute, not a.tar');
});

test('pruning frees what no job uses, of the names that are given', async () => {
  const asked: unknown[] = [];
  const { call } = await bench({
    prune: async (filter) => {
      asked.push(filter);
      return { freedBytes: 7, inUse: ['b:1'], unknown: [] };
    },
  });
  assert.deepEqual(await call('PruneImages', {}), { freedBytes: 7, inUse: ['b:1'], unknown: [] });
  await call('PruneImages', { images: ['a:1'] });
  assert.deepEqual(asked, [undefined, { images: ['a:1'] }]);
});

test('each asks for leave of its own', async () => {
  const { access } = await bench({});
  for (const name of ['ListImages', 'PullImage', 'PruneImages', 'ImportImages'])
    assert.deepEqual(await access(name, {}), [{ action: `batchyard:${name}`, resource: '*' }]);
});

/** Until what waits for nothing has happened. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
