import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PullProgress } from '../contract.ts';
import { hexOf } from '../digest.ts';
import { type Intercept, StubRegistry, stubLayer } from '../registry/stub-registry.fixture.ts';
import { openTestStore } from './open-store.fixture.ts';

/** Keeps requests whose path matches until `open`, and tells how many are kept. */
class Gate extends EventEmitter {
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;
  kept = 0;

  readonly intercept =
    (path: RegExp): Intercept =>
    async ({ url = '' }) => {
      if (this.#isOpen || !path.test(url)) return false;
      this.kept += 1;
      const opened = new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.emit('kept', url);
      await opened;
      return false;
    };

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting) resolve();
  }
}

const layer = stubLayer({ a: randomBytes(1_000) });

test('fifty jobs of one image cause one pull, and all see how far it is', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t);
  stub.putImage('a/b', '1', [layer]);
  const image = `${stub.domain}/a/b:1`;
  const seen = Array.from({ length: 50 }, (): PullProgress[] => []);
  const pulls = seen.map((progress) => store.pull({ image, onProgress: (each) => progress.push(each) }));
  const roots = new Set((await Promise.all(pulls)).map(({ root }) => root));
  assert.equal(roots.size, 1);
  assert.deepEqual([stub.asked(/manifests/), stub.asked(/blobs/)], [1, 2]);
  for (const progress of seen)
    assert.deepEqual(
      new Set(progress.map(({ phase }) => phase)),
      new Set(['waiting', 'resolving', 'downloading', 'unpacking']),
    );
});

test('names of one digest share its pull, images with a layer in common its blob', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t);
  const gate = new Gate();
  const { layers } = stub.putImage('a/b', '1', [layer]);
  stub.putImage('c/d', '2', [layer]);
  stub.putImage('e/f', '3', [layer, stubLayer({ b: 'b' })]);
  const blob = new RegExp(`blobs/${layers[0]?.digest}`);
  stub.intercepts.push(gate.intercept(blob));
  const pulls = ['a/b:1', 'c/d:2', 'e/f:3'].map((name) => store.pull({ image: `${stub.domain}/${name}` }));
  await once(gate, 'kept');
  gate.open();
  const [one, two, three] = await Promise.all(pulls);
  assert.equal(one?.root, two?.root);
  assert.notEqual(one?.root, three?.root);
  assert.equal(stub.asked(blob), 1);
});

test('who gives up waiting leaves alone; when all have, the download ends, and its part stays for the next', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t, { patience: { silence: 3_600_000 } });
  const [blob] = stub.putImage('a/b', '1', [stubLayer({ a: randomBytes(200_000) })]).layers;
  assert.ok(blob);
  const image = `${stub.domain}/a/b:1`;
  let breaks = true;
  const begun = new EventEmitter();
  stub.intercepts.push(({ url = '' }, answer) => {
    if (!breaks || !url.endsWith(blob.digest)) return false;
    answer.writeHead(200, { 'content-length': blob.size });
    answer.write((stub.blobs.get(blob.digest) ?? Buffer.alloc(0)).subarray(0, 100_000));
    answer.on('close', () => begun.emit('ended'));
    return true;
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const firstPull = store.pull({ image, signal: first.signal });
  const secondPull = store.pull({ image, signal: second.signal });
  const part = join(directory, 'blobs', `${hexOf(blob.digest)}.partial`);
  while ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < 100_000) await nextTurn();
  first.abort(new Error('the first has had enough'));
  await assert.rejects(firstPull, { message: 'the first has had enough' });
  const ended = once(begun, 'ended');
  second.abort(new Error('the second too'));
  await assert.rejects(secondPull, { message: 'the second too' });
  await ended;
  breaks = false;
  await store.pull({ image });
  assert.equal(stub.requests.findLast(({ path }) => path.endsWith(blob.digest))?.range, 'bytes=100000-');
});

test('one that joins a pull that its first asker gives up has the image', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t);
  stub.putImage('a/b', '1', [layer]);
  const image = `${stub.domain}/a/b:1`;
  const gate = new Gate();
  stub.intercepts.push(gate.intercept(/blobs/));
  const first = new AbortController();
  const firstPull = store.pull({ image, signal: first.signal });
  await once(gate, 'kept');
  const joined = new EventEmitter();
  const secondPull = store.pull({ image, onProgress: ({ phase }) => joined.emit(phase) });
  await once(joined, 'downloading');
  first.abort(new Error('enough'));
  await assert.rejects(firstPull, { message: 'enough' });
  gate.open();
  assert.equal((await secondPull).reference, image);
});

test('two pulls of a registry go on at once, and the third waits until one of them has ended', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t);
  const gate = new Gate();
  const names = ['1', '2', '3'];
  const configurations = names.map((tag) => stub.putImage('a/b', tag, [stubLayer({ tag })]).configDigest);
  stub.intercepts.push(gate.intercept(new RegExp(`blobs/(?:${configurations.join('|')})`)));
  const third: PullProgress[] = [];
  const waits = new EventEmitter();
  const pulls = names.map((tag) =>
    store.pull({
      image: `${stub.domain}/a/b:${tag}`,
      onProgress: (progress) => {
        if (tag === '3') third.push(progress);
        waits.emit(progress.phase, tag);
      },
    }),
  );
  while (gate.kept < 2) await once(gate, 'kept');
  while (!third.some(({ phase }) => phase === 'waiting')) await once(waits, 'waiting');
  assert.equal(gate.kept, 2);
  assert.ok(!third.some(({ phase }) => phase === 'downloading'));
  gate.open();
  await Promise.all(pulls);
});

test('a registry that sends nothing keeps nobody waiting who wants an image of another', {
  timeout: 240_000,
}, async (t) => {
  const [slow, other] = [await StubRegistry.open(t), await StubRegistry.open(t)];
  const { store } = await openTestStore(t);
  const [blobs, manifests, ending] = [new Gate(), new Gate(), new AbortController()];
  slow.intercepts.push(blobs.intercept(/blobs/), manifests.intercept(/away\/manifests/));
  const pulls = (repository: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      slow.putImage(repository, `${index}`, [stubLayer({ [`${index}`]: repository })]);
      return store.pull({ image: `${slow.domain}/${repository}:${index}`, signal: ending.signal });
    });
  const here = Promise.allSettled(pulls('here', 3));
  while (blobs.kept < 2) await once(blobs, 'kept');
  const away = Promise.allSettled(pulls('away', 9));
  while (manifests.kept < 4) await once(manifests, 'kept');
  other.putImage('a/b', '1', [layer]);
  await store.pull({ image: `${other.domain}/a/b:1` });
  ending.abort();
  await Promise.all([here, away]);
});

test('users who ask by different passwords get answers of their own', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store } = await openTestStore(t);
  stub.putImage('a/b', '1', [layer]);
  const image = `${stub.domain}/a/b:1`;
  const right = `Basic ${Buffer.from('u:right').toString('base64')}`;
  stub.intercepts.push(({ headers }, answer) => {
    if (headers.authorization === right) return false;
    answer.writeHead(401, { 'www-authenticate': 'Basic' });
    answer.end();
    return true;
  });
  const pulls = ['wrong', 'right'].map((password) =>
    store.pull({ image, credentials: { username: 'u', password } }).then(
      () => 'pulled',
      (error: Error) => error.name,
    ),
  );
  assert.deepEqual(await Promise.all(pulls), ['PullFailed', 'pulled']);
});

test('a store that closes ends its pulls, and what is here of their layers stays', async (t) => {
  const stub = await StubRegistry.open(t);
  const { store, directory } = await openTestStore(t);
  stub.putImage('a/b', '1', [layer]);
  const image = `${stub.domain}/a/b:1`;
  const gate = new Gate();
  stub.intercepts.push(gate.intercept(/blobs/));
  const pull = assert.rejects(store.pull({ image }), { name: 'AbortError' });
  await once(gate, 'kept');
  await store.close();
  await pull;
  await assert.rejects(store.pull({ image }), { name: 'AbortError' });
  gate.open();
  const next = await openTestStore(t, { directory });
  await next.store.pull({ image });
});
