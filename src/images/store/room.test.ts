import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ManualClock } from '../../core/clock.ts';
import type { TaskId } from '../../core/ids.ts';
import type { StoredImage } from '../contract.ts';
import { hexOf } from '../digest.ts';
import { registryPatience } from '../registry/index.ts';
import { StubRegistry, stubLayer } from '../registry/stub-registry.fixture.ts';
import { Blobs } from './blobs.ts';
import { Names } from './names.ts';
import { openTestStore } from './open-store.fixture.ts';
import { Room } from './room.ts';
import { Trees } from './trees.ts';

const task = 'task' as TaskId;
const mebibyte = 1024 ** 2;

/** By a program that knows nothing of ours. */
const bytesOnDisk = (directory: string) =>
  Number.parseInt(execFileSync('du', ['-sk', directory], { encoding: 'utf8' }), 10) * 1024;

/** An image whose tree and whose blobs take a mebibyte each, and little more. */
function put(stub: StubRegistry, tag: string): string {
  const layer = stubLayer({ [tag]: randomBytes(mebibyte) }, { pack: (tar) => gzipSync(tar, { level: 0 }) });
  stub.putImage('a/b', tag, [layer]);
  return `${stub.domain}/a/b:${tag}`;
}

const filesOf = ({ root }: StoredImage) => (existsSync(root) ? readdirSync(root) : []);

test('above the cap blobs go first, then the trees that were not used for longest; never one that a task holds', async (t) => {
  const stub = await StubRegistry.open(t);
  const clock = new ManualClock();
  const { store, directory } = await openTestStore(t, { clock, capBytes: 3.5 * mebibyte });
  const [held, old, used, last] = [put(stub, 'held'), put(stub, 'old'), put(stub, 'used'), put(stub, 'last')];
  const pull = async (image: string, holder?: TaskId) => {
    clock.advance(1_000);
    return await store.pull({ image, ...(holder && { holder }) });
  };
  const first = await pull(held, task);
  const second = await pull(old);
  await pull(used);
  assert.deepEqual(
    store.list().map(({ reference }) => reference),
    [held, old, used],
    'three trees fit without blobs',
  );
  assert.ok(readdirSync(join(directory, 'blobs')).length <= 2, 'but not with all their blobs');
  await pull(old);
  await pull(used);
  const fourth = await pull(last);
  assert.deepEqual(
    store.list().map(({ reference }) => reference),
    [held, last, used],
  );
  assert.deepEqual([filesOf(second), filesOf(first).includes('held')], [[], true]);
  assert.ok(bytesOnDisk(directory) <= 3.5 * mebibyte);
  store.release(task);
  await pull(last);
  await pull(used);
  await pull(old);
  assert.equal(store.find(held), undefined, 'the task has let it go');
  assert.ok(filesOf(fourth).includes('last'));
});

test('a tree that came to be held after it was chosen for removal stays', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  const { root } = await store.pull({ image: put(stub, '1') });
  await store.close();
  const clock = new ManualClock();
  const at = (name: string) => join(directory, name);
  const trees = new Trees(at('trees'), at('tmp'), () => 'rubbish');
  await trees.load(assert.fail);
  const names = new Names({ path: at('refs.json'), clock, warn: assert.fail });
  names.load([], () => true);
  let asked = 0;
  const isHeld = () => {
    asked += 1;
    return asked > 1;
  };
  const blobs = new Blobs(at('blobs'), clock, registryPatience);
  for (const { path } of await blobs.list()) await blobs.remove(path);
  await new Room({ directory, capBytes: 0, reserveBytes: 0, blobs, trees, names, isHeld }).enforceCap();
  assert.ok(asked > 1 && existsSync(root));
});

test('a tree that is held, and what was just pulled, stay whatever the cap', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t, { capBytes: 0 });
  const first = await store.pull({ image: put(stub, '1'), holder: task });
  const second = await store.pull({ image: put(stub, '2') });
  assert.ok(filesOf(first).includes('1') && filesOf(second).includes('2'));
});

/** The same with another size of its layer, as whoever pushes it may write it. */
function claim(stub: StubRegistry, tag: string, size: number): string {
  const image = put(stub, tag);
  const { layers, ...rest } = JSON.parse(stub.manifests.get(`a/b:${tag}`)?.toString() ?? '');
  stub.putManifest('a/b', tag, { ...rest, layers: [{ ...layers[0], size }] });
  return image;
}

test('what a manifest says that it needs costs no other image its place: not if there can be no room for it', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  await store.pull({ image: put(stub, '1') });
  const blobs = readdirSync(join(directory, 'blobs'));
  const { blocks, bsize } = statfsSync(directory);
  const disk = blocks * bsize;
  await assert.rejects(store.pull({ image: claim(stub, 'stalled', disk - 1024) }), {
    ...{ name: 'PullStalled', why: 'disk-full' },
  });
  await assert.rejects(store.pull({ image: claim(stub, 'refused', disk + 1) }), {
    ...{ name: 'PullFailed', message: new RegExp(`^the image has \\d+ bytes, and the whole disk ${disk}$`) },
  });
  assert.equal(store.list().length, 1);
  assert.deepEqual(readdirSync(join(directory, 'blobs')), blobs);
});

test('prune removes what nobody uses, by name or all, and says how much that was', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  const images = ['1', '2', '3'].map((tag) => put(stub, tag));
  const [held, named, rest] = await Promise.all(images.map((image) => store.pull({ image })));
  assert.ok(held && named && rest);
  store.hold(held.configDigest, task);
  const before = bytesOnDisk(directory);
  const absent = 'docker.io/library/absent:latest';
  const { freedBytes, ...others } = await store.prune({ images: [named.reference, held.reference, 'absent'] });
  assert.deepEqual(others, { inUse: [held.reference], unknown: [absent] });
  // Beside its files a tree has some of ours.
  assert.ok(Math.abs(before - bytesOnDisk(directory) - freedBytes) < 64 * 1024);
  assert.ok(freedBytes >= 2 * mebibyte, 'its tree and its blobs');
  assert.deepEqual(
    store.list().map(({ reference }) => reference),
    [held.reference, rest.reference],
  );
  assert.ok((await store.prune()).freedBytes >= 2 * mebibyte);
  assert.deepEqual(
    store.list().map(({ reference }) => reference),
    [held.reference],
  );
  assert.ok(filesOf(held).includes('1'), 'the job still lists its files');
  assert.deepEqual(await store.prune(), { freedBytes: 0, inUse: [], unknown: [] });
  store.release(task);
  await store.prune();
  assert.deepEqual([readdirSync(join(directory, 'trees')), readdirSync(join(directory, 'blobs'))], [[], []]);
});

test('a part that no pull has gone on with for a day is removed at the start', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  const pulled = await store.pull({ image: put(stub, '1') });
  const now = Date.parse('2026-01-10T00:00:00Z');
  const parts = ['1', '2'].map((digit) => join(directory, 'blobs', `${digit.repeat(64)}.partial`));
  await store.close();
  for (const [index, part] of parts.entries()) {
    writeFileSync(part, 'part');
    const modified = now / 1000 - (index + 0.5) * 86_400;
    utimesSync(part, modified, modified);
  }
  const next = await openTestStore(t, { directory, clock: new ManualClock(now) });
  assert.deepEqual(
    parts.map((part) => existsSync(part)),
    [true, false],
  );
  assert.ok(existsSync(join(directory, 'blobs', hexOf(pulled.configDigest))));
  await next.store.close();
});
