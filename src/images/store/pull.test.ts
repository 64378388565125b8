import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { fillDisk, smallDisk } from '../../core/small-disk.fixture.ts';
import type { Digest, PullProgress } from '../contract.ts';
import { hexOf } from '../digest.ts';
import { type Intercept, refuse, StubRegistry, stubLayer } from '../registry/stub-registry.fixture.ts';
import { openTestStore } from './open-store.fixture.ts';

const large = stubLayer({ large: randomBytes(300_000) });

const blobPath = (directory: string, digest: Digest, end = '') => join(directory, 'blobs', hexOf(digest) + end);
const isBlob = (digest: Digest, url = '') => url.endsWith(`/blobs/${digest}`);

/** Each once, in the order they came. */
function phasesOf(progress: readonly PullProgress[]): string[] {
  return progress.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
}

/** Answers the request for a blob `times` times by so many of its bytes, and breaks the connection. */
function cut(stub: StubRegistry, digest: Digest, bytes: number, times = 1): Intercept {
  let left = times;
  return (request, answer) => {
    if (!isBlob(digest, request.url) || left === 0) return false;
    left -= 1;
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    const content = stub.blobs.get(digest) ?? Buffer.alloc(0);
    answer.writeHead(from === 0 ? 200 : 206, {
      'content-length': content.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    answer.write(content.subarray(from, from + bytes), () => answer.destroy());
    return true;
  };
}

const rangesOf = (stub: StubRegistry, digest: Digest) =>
  stub.requests.filter(({ path }) => isBlob(digest, path)).map(({ range }) => range);

async function world(t: TestContext) {
  const stub = await StubRegistry.open(t);
  return { stub, image: `${stub.domain}/a/b:1`, ...(await openTestStore(t)) };
}

test('an image is pulled, verified and unpacked once, and then found without the network, by the next server too', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const layers = [stubLayer({ 'etc/motd': 'lower', a: 'a' }), stubLayer({ 'etc/motd': 'upper' })];
  const put = stub.putImage('a/b', '1', layers, { Cmd: ['/a'] });
  assert.equal(store.find(image), undefined);
  const progress: PullProgress[] = [];
  const pulled = await store.pull({ image, onProgress: (each) => progress.push(each) });
  assert.equal(readFileSync(join(pulled.root, 'etc/motd'), 'utf8'), 'upper');
  assert.deepEqual(
    [pulled.reference, pulled.digest, pulled.configDigest, pulled.config.command],
    [image, put.digest, put.configDigest, ['/a']],
  );
  assert.ok(pulled.sizeBytes > 0);
  assert.deepEqual(phasesOf(progress), ['waiting', 'resolving', 'waiting', 'downloading', 'unpacking']);
  const last = progress.findLast(({ phase }) => phase === 'downloading');
  assert.equal(last?.bytes, last?.totalBytes);
  stub.close();
  assert.deepEqual(await store.pull({ image }), pulled);
  assert.deepEqual(store.list(), [pulled]);
  await store.close();
  const next = await openTestStore(t, { directory });
  assert.deepEqual(next.store.find(image), pulled);
  assert.deepEqual(next.store.find(`${stub.domain}/a/b@${put.digest}`)?.root, pulled.root);
  assert.deepEqual(next.warnings, []);
});

test('layers may be packed by zstd, by gzip, or not at all', async (t) => {
  const { stub, image, store } = await world(t);
  const plain = stubLayer({ plain: 'plain' }, { packing: '', pack: (tar) => tar });
  const zstd = stubLayer({ zstd: 'zstd' }, { packing: 'zstd', pack: (tar) => zstdCompressSync(tar) });
  stub.putImage('a/b', '1', [plain, zstd, stubLayer({ gzip: 'gzip' })]);
  const { root } = await store.pull({ image });
  for (const name of ['plain', 'zstd', 'gzip']) assert.equal(readFileSync(join(root, name), 'utf8'), name);
});

test('of an index the image of this machine is pulled, and the index is what its name resolved to', async (t) => {
  const { stub, image, store } = await world(t);
  const put = stub.putImage('a/b', 'own', [large]);
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', size: put.manifest.length };
  const index = stub.putManifest('a/b', '1', {
    schemaVersion: 2,
    manifests: [
      { ...entry, digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'linux', architecture: 's390x' } },
      { ...entry, digest: put.digest, platform: { os: 'linux', architecture } },
    ],
  });
  const pulled = await store.pull({ image });
  assert.deepEqual([pulled.digest, pulled.configDigest], [index.digest, put.configDigest]);
  stub.putManifest('a/b', 'other', { schemaVersion: 2, manifests: [] });
  await assert.rejects(store.pull({ image: `${stub.domain}/a/b:other` }), {
    name: 'PullFailed',
    message: `no matching manifest for linux/${architecture} in the manifest list entries`,
  });
});

test('an image of another machine is pulled, and said to be one', async (t) => {
  const { stub, image, store } = await world(t);
  stub.putImage('a/b', '1', [large]);
  const other = await openTestStore(t, { architecture: 'riscv64' });
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  assert.ok(!(await store.pull({ image })).notes.some((note) => note.startsWith('made for')));
  const notes = (await other.store.pull({ image })).notes.filter((note) => note.startsWith('made for'));
  assert.deepEqual(notes, [`made for linux/${architecture}, and this machine is linux/riscv64`]);
});

test('a download that breaks off goes on from what is here, as long as each try brings something', async (t) => {
  const { stub, image, store } = await world(t);
  const [blob] = stub.putImage('a/b', '1', [large]).layers;
  assert.ok(blob);
  stub.intercepts.push(cut(stub, blob.digest, 40_000, 6));
  await store.pull({ image });
  const ranges = rangesOf(stub, blob.digest);
  assert.equal(ranges.length, 7);
  assert.equal(ranges[0], undefined);
  for (const range of ranges.slice(1)) assert.match(range ?? '', /^bytes=[1-9]\d*-$/);
});

test('a download that brings nothing any more is given up, and its part is what the next server goes on with', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const [blob] = stub.putImage('a/b', '1', [large]).layers;
  assert.ok(blob);
  const dead = [cut(stub, blob.digest, 100_000), cut(stub, blob.digest, 0, 4)];
  stub.intercepts.push(...dead);
  await assert.rejects(store.pull({ image }), { name: 'PullStalled', why: 'unreachable' });
  const { size } = statSync(blobPath(directory, blob.digest, '.partial'));
  assert.ok(size > 0 && size <= 100_000);
  await store.close();
  const next = await openTestStore(t, { directory });
  await next.store.pull({ image });
  assert.equal(rangesOf(stub, blob.digest).at(-1), `bytes=${size}-`);
});

test('a registry that knows no ranges begins again, and a part that is not the beginning is found out', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const [blob] = stub.putImage('a/b', '1', [large]).layers;
  assert.ok(blob);
  writeFileSync(blobPath(directory, blob.digest, '.partial'), Buffer.alloc(1_000, 'x'));
  stub.intercepts.push((request) => {
    if (isBlob(blob.digest, request.url)) delete request.headers.range;
    return false;
  });
  await store.pull({ image });
  const other = await openTestStore(t);
  stub.intercepts.length = 0;
  writeFileSync(blobPath(other.directory, blob.digest, '.partial'), Buffer.alloc(1_000, 'x'));
  const message = `filesystem layer verification failed for digest ${blob.digest}`;
  await assert.rejects(other.store.pull({ image }), { name: 'PullFailed', message });
  await other.store.pull({ image });
});

const lies: readonly (readonly [string, (content: Buffer) => Buffer, RegExp])[] = [
  [
    'other bytes',
    (content) => Buffer.alloc(content.length),
    /^filesystem layer verification failed for digest sha256:/,
  ],
  ['more bytes', (content) => Buffer.concat([content, Buffer.alloc(9)]), /is not of the \d+ bytes that the manifest/],
  ['fewer bytes', (content) => content.subarray(9), /is not of the \d+ bytes that the manifest says$/],
];

for (const [what, change, message] of lies)
  test(`a layer of ${what} than its digest says is refused, not asked for again, and nothing of it is kept`, async (t) => {
    const { stub, image, store, directory } = await world(t);
    const [blob] = stub.putImage('a/b', '1', [large]).layers;
    assert.ok(blob);
    stub.blobs.set(blob.digest, change(large.content));
    await assert.rejects(store.pull({ image }), { name: 'PullFailed', message });
    assert.equal(rangesOf(stub, blob.digest).length, 1);
    assert.ok(
      !existsSync(blobPath(directory, blob.digest)) && !existsSync(blobPath(directory, blob.digest, '.partial')),
    );
    assert.deepEqual(readdirSync(join(directory, 'trees')), []);
  });

test('a manifest that says another length of a layer that is here is refused, and the layer stays for those who know it', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const { layers, manifest } = stub.putImage('a/b', '1', [large]);
  const [blob] = layers;
  assert.ok(blob);
  await store.pull({ image });
  const lying = JSON.parse(manifest.toString().replace(`"size":${blob.size}`, `"size":${blob.size + 1}`));
  stub.putManifest('a/b', 'lying', { ...lying, config: { ...lying.config, ...stub.putBlob(Buffer.from('{}')) } });
  await assert.rejects(store.pull({ image: `${stub.domain}/a/b:lying` }), {
    name: 'PullFailed',
    message: `blob ${blob.digest} is not of the ${blob.size + 1} bytes that the manifest says`,
  });
  assert.ok(existsSync(blobPath(directory, blob.digest)));
});

test('a layer of endless bytes, whose length nobody says, is stopped at what the manifest says', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const [blob] = stub.putImage('a/b', '1', [large]).layers;
  assert.ok(blob);
  stub.intercepts.push((request, answer) => {
    if (!isBlob(blob.digest, request.url)) return false;
    const more = () => {
      while (!answer.destroyed && answer.write(Buffer.alloc(65_536)));
    };
    answer.on('drain', more);
    more();
    return true;
  });
  await assert.rejects(store.pull({ image }), { name: 'PullFailed', message: /is not of the/ });
  assert.ok(!existsSync(blobPath(directory, blob.digest, '.partial')));
});

test('a layer that is not what the configuration says is refused, also when its blob is right', async (t) => {
  const { stub, image, store, directory } = await world(t);
  stub.putImage('a/b', '1', [{ ...large, diffId: `sha256:${'1'.repeat(64)}` }]);
  await assert.rejects(store.pull({ image }), { name: 'PullFailed', message: /sha256/ });
  assert.deepEqual(readdirSync(join(directory, 'trees')), []);
  assert.deepEqual(readdirSync(join(directory, 'tmp')), []);
});

test('a blob that was damaged on the disk is pulled again, a configuration too', async (t) => {
  const { stub, image, store, directory } = await world(t);
  const { layers, configDigest } = stub.putImage('a/b', '1', [large]);
  const [blob] = layers;
  assert.ok(blob);
  writeFileSync(blobPath(directory, configDigest), Buffer.alloc(stub.blobs.get(configDigest)?.length ?? 0, 'x'));
  writeFileSync(blobPath(directory, blob.digest), Buffer.alloc(blob.size, 'x'));
  const { root } = await store.pull({ image });
  assert.equal(statSync(join(root, 'large')).size, 300_000);
  writeFileSync(blobPath(directory, blob.digest), 'cut');
  stub.putImage('a/b', '2', [large, stubLayer({ more: 'more' })]);
  await store.pull({ image: `${stub.domain}/a/b:2` });
  assert.equal(rangesOf(stub, blob.digest).length, 2);
});

test('a manifest that names another count of layers than the configuration is refused', async (t) => {
  const { stub, image, store } = await world(t);
  const { manifest } = stub.putImage('a/b', '1', [large]);
  const parsed = JSON.parse(manifest.toString());
  stub.putManifest('a/b', '1', { ...parsed, layers: [...parsed.layers, ...parsed.layers] });
  await assert.rejects(store.pull({ image }), { message: /its configuration has 1 layers, its manifest 2$/ });
});

test('on a full disk a pull is stalled, and no part of its layers stays; with room again it goes on', async (t) => {
  const disk = smallDisk(t, 12);
  if (disk === undefined) return t.skip('this user may mount nothing');
  const stub = await StubRegistry.open(t);
  const image = `${stub.domain}/a/b:1`;
  const layers = ['a', 'b', 'c', 'd'].map((name) =>
    stubLayer({ [name]: randomBytes(1_000_000) }, { pack: (tar) => gzipSync(tar, { level: 0 }) }),
  );
  stub.putImage('a/b', '1', layers);
  const { store, directory } = await openTestStore(t, { directory: join(disk, 'images') });
  let giveBack: (() => void) | undefined;
  stub.intercepts.push(({ url = '' }) => {
    if (url.endsWith(`/blobs/${stub.putBlob(layers[1]?.content ?? Buffer.alloc(0)).digest}`))
      giveBack ??= fillDisk(disk);
    return false;
  });
  await assert.rejects(store.pull({ image }), { name: 'PullStalled', why: 'disk-full' });
  assert.deepEqual(
    readdirSync(join(directory, 'blobs')).filter((name) => name.endsWith('.partial')),
    [],
  );
  const asked = stub.requests.length;
  await assert.rejects(store.pull({ image }), { name: 'PullStalled', why: 'disk-full' });
  assert.equal(stub.requests.length, asked + 1, 'without room only the manifest is asked for');
  giveBack?.();
  await store.pull({ image });
});

test('where no registry answers a pull is stalled; where one refuses it has failed', async (t) => {
  const { stub, image, store } = await world(t);
  await assert.rejects(store.pull({ image }), {
    name: 'PullFailed',
    message: `manifest for ${stub.domain}/a/b:1 not found: manifest unknown`,
  });
  stub.intercepts.push((_, answer) => refuse(answer, 500, 'UNKNOWN', 'no'));
  await assert.rejects(store.pull({ image }), { name: 'PullFailed', message: 'unknown: no' });
  stub.close();
  await assert.rejects(store.pull({ image }), { name: 'PullStalled', why: 'unreachable' });
});

test('where this machine is short of something a pull is stalled, whatever it was that failed', async (t) => {
  const { stub, image } = await world(t);
  stub.putImage('a/b', '1', [stubLayer({ a: 'x' })]);
  for (const code of ['EAGAIN', 'ENOMEM', 'EMFILE']) {
    const unpack = async () => {
      throw new Error('it failed', { cause: Object.assign(new Error(`spawn ${code}`), { code }) });
    };
    const { store } = await openTestStore(t, { unpack });
    await assert.rejects(store.pull({ image }), { name: 'PullStalled', why: 'host-short' });
  }
});

test('an image is asked for at the mirror of its registry, which never sees the credentials for the registry', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.putImage('hub/library/alpine', '3', [large]);
  stub.intercepts.push(({ headers }, answer) => {
    if (headers.authorization !== undefined) return false;
    answer.setHeader('www-authenticate', 'Basic');
    return refuse(answer, 401, 'UNAUTHORIZED');
  });
  const rewrite = { 'docker.io': `${stub.domain}/hub` };
  const secret = { username: 'own', password: 'secret' };
  const closed = await openTestStore(t, { rewrite });
  await assert.rejects(closed.store.pull({ image: 'alpine:3', credentials: secret }), { name: 'PullFailed' });
  const registries = { [stub.domain]: { credentials: { username: 'mirror', password: 'm' } } };
  const open = await openTestStore(t, { rewrite, registries });
  const pulled = await open.store.pull({ image: 'alpine:3', credentials: secret });
  assert.equal(pulled.reference, 'docker.io/library/alpine:3');
  const shown = new Set(stub.requests.map(({ authorization }) => authorization));
  assert.deepEqual([...shown], [undefined, `Basic ${Buffer.from('mirror:m').toString('base64')}`]);
});

test('a name that is pulled again takes what the registry has now', async (t) => {
  const { stub, image, store } = await world(t);
  stub.putImage('a/b', '1', [stubLayer({ a: 'old' })]);
  const old = await store.pull({ image });
  stub.putImage('a/b', '1', [stubLayer({ a: 'new' })]);
  assert.deepEqual(await store.pull({ image }), old);
  const { root } = await store.pull({ image, refresh: true });
  assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'new');
  assert.equal(store.find(image)?.root, root);
  assert.equal(readFileSync(join(old.root, 'a'), 'utf8'), 'old', 'who runs the old one keeps it');
});
