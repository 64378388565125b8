import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Slots } from './slots.ts';

/** Work that ends when a test says so; tells when it began. */
function pieces(slots: Slots) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string, signal?: AbortSignal) =>
    slots.take(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    }, signal);
  return { begun, take, end: (name: string) => ends.get(name)?.() };
}

test('so many go on at once; the others follow in order, and one that gives up waiting lets the next go first', async () => {
  const { begun, take, end } = pieces(new Slots(2));
  const impatient = new AbortController();
  const all = [take('a'), take('b'), take('c', impatient.signal), take('d')];
  await nextTurn();
  assert.deepEqual(begun, ['a', 'b']);
  const refused = assert.rejects(all[2] ?? Promise.resolve(), { message: 'enough' });
  impatient.abort(new Error('enough'));
  await refused;
  end('b');
  assert.equal(await all[1], 'b');
  await nextTurn();
  assert.deepEqual(begun, ['a', 'b', 'd']);
  for (const name of ['a', 'd']) end(name);
  assert.deepEqual(await Promise.all([all[0], all[3]]), ['a', 'd']);
});

test('work that fails gives its slot back', async () => {
  const slots = new Slots(1);
  await assert.rejects(
    slots.take(() => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  assert.equal(await slots.take(async () => 'next'), 'next');
});
