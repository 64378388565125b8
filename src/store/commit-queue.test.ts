import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFailed } from '../core/errors.ts';
import { CommitQueue } from './commit-queue.ts';

/** A writer that does as it is told: each batch waits until the test lets it succeed or fail. */
function scriptedWriter() {
  const batches: (readonly string[])[] = [];
  const pending: PromiseWithResolvers<void>[] = [];
  const write = (batch: readonly string[]) => {
    batches.push([...batch]);
    const result = Promise.withResolvers<void>();
    pending.push(result);
    return result.promise;
  };
  return {
    writer: { write },
    batches,
    succeed: () => pending.shift()?.resolve(),
    fail: (error: Error) => pending.shift()?.reject(error),
  };
}

function setup(beforeWrite?: () => undefined | Promise<void>) {
  const script = scriptedWriter();
  const queue = new CommitQueue<string>(script.writer, queueMicrotask, beforeWrite);
  queue.admit();
  const commit = (...items: string[]) => queue.commit((batch) => void batch.items.push(...items));
  return { ...script, queue, commit };
}

/** Lets everything that is ready run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const full = new CommitFailed('disk-full', 'full');

test('what one turn commits is one batch, and what comes while it is written is the next', async () => {
  const { commit, batches, succeed } = setup();
  const first = [commit('a'), commit('b', 'c')];
  await turn();
  const second = [commit('d'), commit('e')];
  await turn();
  assert.deepEqual(batches, [['a', 'b', 'c']]);
  succeed();
  await Promise.all(first);
  assert.deepEqual(batches, [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
  succeed();
  await Promise.all(second);
});

test('settled waits for the open batch, not only for the one being written', async () => {
  const { queue, commit, succeed } = setup();
  const settled: string[] = [];
  void commit('a');
  await turn();
  void commit('b');
  void queue.settled().then(() => settled.push('both'));
  succeed();
  await turn();
  assert.deepEqual(settled, []);
  succeed();
  await turn();
  assert.deepEqual(settled, ['both']);
});

test('a failed batch fails the batch behind it, which is never written', async () => {
  const { queue, commit, batches, fail } = setup();
  const first = commit('a');
  await turn();
  const second = commit('b');
  fail(full);
  await assert.rejects(first, full);
  await assert.rejects(second, full);
  await assert.rejects(queue.settled(), full);
  queue.resume();
  await turn();
  assert.deepEqual(batches, [['a']]);
});

test('an error of another kind is told as CommitFailed with its cause', async () => {
  const { commit, fail } = setup();
  const commit1 = commit('a');
  await turn();
  const cause = new Error('odd');
  fail(cause);
  await assert.rejects(commit1, (error) => error instanceof CommitFailed && error.cause === cause);
});

test('when encoding fails, the batch being written still goes through and the open one is dropped', async () => {
  const { queue, commit, batches, succeed } = setup();
  const writing = commit('a');
  await turn();
  const open = commit('b');
  const unencodable = queue.commit(() => {
    throw new TypeError('cycle');
  });
  await assert.rejects(open, /cycle/);
  await assert.rejects(unencodable, /cycle/);
  succeed();
  await writing;
  queue.resume();
  const next = commit('c');
  await turn();
  succeed();
  await next;
  assert.deepEqual(batches, [['a'], ['c']]);
});

test('a question waits until the writer has what was committed before it, or never will', async () => {
  const { queue, commit, fail } = setup();
  const asked: string[] = [];
  queue.afterPending(() => asked.push('at once'));
  void commit('a');
  await turn();
  void commit('b');
  queue.afterPending(() => asked.push('after b'));
  await turn();
  assert.deepEqual(asked, ['at once']);
  fail(full);
  await turn();
  assert.deepEqual(asked, ['at once', 'after b']);
});

test('close waits for what was committed, also when that fails, and refuses the rest', async () => {
  const { queue, commit, fail } = setup();
  const order: string[] = [];
  void commit('a').catch(() => order.push('a failed'));
  const closed = queue.close().then(() => order.push('closed'));
  await assert.rejects(commit('b'), /closed/);
  await turn();
  fail(full);
  await closed;
  assert.deepEqual(order, ['a failed', 'closed']);
});

test('what is encoded late is encoded once, with its last value, when the batch closes; the next batch begins anew', async () => {
  const { queue, batches, succeed } = setup();
  let value = 0;
  const put = (key: string) =>
    queue.commit(({ items, late }) => {
      value += 1;
      items.push(`change ${value}`);
      late.set(key, () => void items.push(`${key} at ${value}`));
    });
  const first = [put('a'), put('b'), put('a')];
  await turn();
  const second = put('a');
  succeed();
  await Promise.all(first);
  succeed();
  await second;
  assert.deepEqual(batches, [
    ['change 1', 'change 2', 'change 3', 'a at 3', 'b at 3'],
    ['change 4', 'a at 4'],
  ]);
});

test('what cannot be encoded when its batch closes fails the batch and what comes after it', async () => {
  const { queue, commit, batches } = setup();
  const bad = queue.commit(({ late }) => {
    late.set('a', () => {
      throw new Error('no such bits');
    });
  });
  const same = commit('a');
  await assert.rejects(bad, /no such bits/);
  await assert.rejects(same, /no such bits/);
  await assert.rejects(commit('b'), /no such bits/);
  assert.deepEqual(batches, []);
  queue.resume();
  void commit('c');
  await turn();
  assert.deepEqual(batches, [['c']]);
});

test('the writer gets a batch once what comes first is done, and so does who reads behind it', async () => {
  const first = Promise.withResolvers<void>();
  const { commit, queue, batches, succeed } = setup(() => first.promise);
  const told: string[] = [];
  const durable = commit('a').then(() => told.push('durable'));
  await turn();
  queue.afterPending(() => told.push(`read behind ${batches.length}`));
  void commit('b');
  await turn();
  assert.deepEqual([batches, told], [[], []]);
  first.resolve();
  await turn();
  assert.deepEqual([batches, told], [[['a']], ['read behind 1']]);
  succeed();
  await durable;
  assert.equal(told.at(-1), 'durable');
});

test('a batch for which what comes first fails is not written, and fails with all that was committed after it', async () => {
  const first = Promise.withResolvers<void>();
  const { commit, queue, batches } = setup(() => first.promise);
  const lost = [commit('a')];
  await turn();
  lost.push(commit('built on a'));
  const asked = Promise.withResolvers<void>();
  queue.afterPending(asked.resolve);
  first.reject(full);
  for (const each of lost) await assert.rejects(each, full);
  await asked.promise;
  await assert.rejects(commit('later'), full);
  assert.deepEqual(batches, []);
});
