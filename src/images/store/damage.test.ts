import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf, hexOf } from '../digest.ts';
import { StubRegistry, stubLayer } from '../registry/stub-registry.fixture.ts';
import { openTestStore } from './open-store.fixture.ts';

async function storeWithImage(t: TestContext) {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  stub.putImage('a/b', '1', [stubLayer({ a: 'a' })]);
  const image = `${stub.domain}/a/b:1`;
  const pulled = await store.pull({ image });
  await store.close();
  return { stub, image, pulled, directory, tree: join(directory, 'trees', hexOf(pulled.configDigest)) };
}

const damages: Readonly<Record<string, (path: string) => void>> = {
  empty: (path) => truncateSync(path, 0),
  cut: (path) => truncateSync(path, readFileSync(path).length - 20),
  'of another version': (path) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 2')),
  changed: (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('/a/b:1', '/a/b:2')),
};

for (const [what, damage] of Object.entries(damages))
  test(`a file of names that is ${what} is set aside and said; names are known again from the trees`, async (t) => {
    const { directory, image, pulled, stub } = await storeWithImage(t);
    damage(join(directory, 'refs.json'));
    const { store, warnings } = await openTestStore(t, { directory });
    assert.deepEqual(store.find(image), pulled);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      /refs\.json was damaged, or is of another version; it is now .*refs\.json\.damaged-1$/,
    );
    assert.equal(store.find(`${stub.domain}/a/b:2`), undefined);
    await store.close();
    assert.deepEqual((await openTestStore(t, { directory })).warnings, []);
  });

test('a file of names that is gone is none: names are known again from the trees', async (t) => {
  const { directory, image, pulled } = await storeWithImage(t);
  rmSync(join(directory, 'refs.json'));
  const { store, warnings } = await openTestStore(t, { directory });
  assert.deepEqual([store.find(image), warnings], [pulled, []]);
});

const wrecks: Readonly<Record<string, (tree: string) => void>> = {
  'with another configuration': (tree) => writeFileSync(join(tree, 'config.json'), '{}'),
  'with an empty tree.json': (tree) => truncateSync(join(tree, 'tree.json'), 0),
  'with a tree.json of another version': (tree) => writeFileSync(join(tree, 'tree.json'), '{"version":2}'),
  'without its files': (tree) => renameSync(join(tree, 'root'), join(tree, 'toor')),
};

for (const [what, wreck] of Object.entries(wrecks))
  test(`a tree ${what} is never used: it is removed and said, and pulled again`, async (t) => {
    const { directory, image, tree } = await storeWithImage(t);
    wreck(tree);
    const { store, warnings } = await openTestStore(t, { directory });
    assert.equal(store.find(image), undefined);
    assert.match(warnings[0] ?? '', /is no whole image \(.*\), and is removed$/);
    assert.ok(!existsSync(tree));
    assert.equal(readFileSync(join((await store.pull({ image })).root, 'a'), 'utf8'), 'a');
  });

test('a tree whose configuration is no image to this version, though it is the one that was pulled, is removed and said', async (t) => {
  const { directory, tree } = await storeWithImage(t);
  const configuration = Buffer.from('{"os":"plan9"}');
  writeFileSync(join(tree, 'config.json'), configuration);
  const other = join(directory, 'trees', hexOf(digestOf(configuration)));
  renameSync(tree, other);
  const { warnings } = await openTestStore(t, { directory });
  assert.match(warnings[0] ?? '', /is no whole image \(its configuration is not valid\), and is removed$/);
  assert.ok(!existsSync(other));
});

test('what cannot be removed is said, and keeps no server from its images', async (t) => {
  const { directory, image, pulled } = await storeWithImage(t);
  const half = join(directory, 'tmp', 'half');
  mkdirSync(half);
  if (spawnSync('mount', ['--bind', half, half]).status !== 0) return t.skip('this user may mount nothing');
  try {
    const { store, warnings } = await openTestStore(t, { directory });
    assert.deepEqual(store.find(image), pulled);
    await store.close();
    assert.match(warnings.join(), /tmp\/half cannot be removed: /);
  } finally {
    execFileSync('umount', [half]);
  }
});

test('what lies where directories of the store must be is set aside, and what was about to be made or removed goes', async (t) => {
  const { directory, image, pulled } = await storeWithImage(t);
  rmSync(join(directory, 'blobs'), { recursive: true });
  writeFileSync(join(directory, 'blobs'), 'no directory');
  mkdirSync(join(directory, 'tmp', 'half', 'root'), { recursive: true });
  const { store, warnings } = await openTestStore(t, { directory });
  assert.deepEqual(store.find(image), pulled);
  assert.match(warnings[0] ?? '', /blobs should be a directory and is none; what was there is now/);
  await store.close();
  assert.deepEqual([readdirSync(join(directory, 'tmp')), readdirSync(join(directory, 'blobs'))], [[], []]);
});

test('what is no name of an image names nothing here, and cannot be pulled', async (t) => {
  const { store } = await openTestStore(t);
  assert.equal(store.find('No Image'), undefined);
  await assert.rejects(store.pull({ image: 'No Image' }), { name: 'PullFailed', message: /^invalid reference format/ });
});
