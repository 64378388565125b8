import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { ManualClock } from '../core/clock.ts';
import { collectWhenIdle } from './idle-collection.ts';

/** A server that works when the test says so. Its start has left garbage; a collection takes 40 ms and leaves `alive` bytes. */
function server({ alive = 2 ** 20 }: { readonly alive?: number } = {}) {
  const clock = new ManualClock();
  const state = { worked: 1_000, inFlight: 0, collections: [] as string[] };
  const stop = collectWhenIdle({
    clock,
    inFlight: () => state.inFlight,
    worked: () => state.worked,
    collect: (how) => {
      state.collections.push(how);
      state.worked += 40;
      return alive;
    },
    metrics: new Registry(),
  });
  /** Each second it works for that many ms. */
  const seconds = (count: number, work: number) => {
    for (let second = 0; second < count; second += 1) {
      state.worked += work;
      clock.advance(1_000);
    }
  };
  return { clock, state, seconds, stop };
}

test('once nothing was done for twenty seconds all garbage is collected and memory given back, once', () => {
  const { state, seconds } = server();
  seconds(5, 300);
  assert.deepEqual(state.collections, []);
  seconds(19, 1);
  assert.deepEqual(state.collections, [], 'not after nineteen');
  seconds(1, 1);
  assert.deepEqual(state.collections, ['quick', 'thorough']);
  seconds(100, 1);
  assert.equal(state.collections.length, 2, 'not again, there was no work');
});

test('what a collection takes is no new work, and new work is collected in the next pause', () => {
  const { state, seconds } = server();
  seconds(20, 0);
  assert.equal(state.collections.length, 2);
  seconds(3, 25);
  seconds(60, 0);
  assert.equal(state.collections.length, 2, 'less work than a collection takes is not worth one');
  seconds(1, 25);
  seconds(20, 0);
  assert.equal(state.collections.length, 4);
});

test('nothing is collected while a request is in flight, however long it waits', () => {
  const { state, seconds } = server();
  state.inFlight = 1;
  seconds(60, 0);
  assert.deepEqual(state.collections, []);
  state.inFlight = 0;
  seconds(19, 0);
  assert.deepEqual(state.collections, [], 'the twenty seconds begin with its answer');
  seconds(1, 0);
  assert.equal(state.collections.length, 2);
});

test('where much is alive, memory is not given back: that would stop the server three times as long', () => {
  const { state, seconds } = server({ alive: 128 * 2 ** 20 });
  seconds(20, 0);
  assert.deepEqual(state.collections, ['quick']);
});

test('stopped, it holds no timer', () => {
  const { clock, seconds, stop } = server();
  seconds(1, 0);
  stop();
  assert.equal(clock.pending, 0);
});

test('V8 collects without a flag for Node, and the function is not left for others to find', async () => {
  const clock = new ManualClock();
  const metrics = new Registry();
  const stop = collectWhenIdle({ clock, inFlight: () => 0, worked: () => 0, metrics });
  const garbage = new WeakRef({});
  // A weak reference keeps its object until the turn that made it is over.
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(20_000);
  stop();
  assert.equal(garbage.deref(), undefined);
  assert.equal(globalThis.gc, undefined);
  assert.match(await metrics.metrics(), /^batchyard_idle_collections_total 1$/m);
});
