import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Amount, covers } from '../amount.ts';
import { Bins } from './bins.ts';
import type { Instance } from './instance.ts';

const types = new Map<string, Amount>([
  ['small', { vcpuMillis: 2000, memoryMiB: 8, gpus: 0 }],
  ['large', { vcpuMillis: 8000, memoryMiB: 32, gpus: 0 }],
  ['narrow', { vcpuMillis: 8000, memoryMiB: 8, gpus: 0 }],
  ['gpu', { vcpuMillis: 4000, memoryMiB: 16, gpus: 4 }],
]);
const type = fc.constantFrom(...types.keys());
const amount = fc.record({
  vcpuMillis: fc.integer({ min: 0, max: 9 }).map((count) => count * 1000),
  memoryMiB: fc.integer({ min: 0, max: 33 }),
  gpus: fc.constantFrom(0, 0, 0, 1, 4, 5),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('open' as const), type, used: amount }),
  fc.record({ kind: fc.constant('close' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('use' as const), at: fc.nat(), used: amount }),
  fc.record({ kind: fc.constant('ask' as const), wanted: amount, kept: fc.array(fc.nat(), { maxLength: 3 }) }),
);
const history = fc.array(step, { maxLength: 100, size: 'max' });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function rest(capacity: Amount, used: Amount): Amount {
  return {
    vcpuMillis: Math.max(0, capacity.vcpuMillis - used.vcpuMillis),
    memoryMiB: Math.max(0, capacity.memoryMiB - used.memoryMiB),
    gpus: Math.max(0, capacity.gpus - used.gpus),
  };
}

/** Bins, and a plain list that is searched whole. */
class World {
  readonly bins = new Bins();
  readonly open: Instance[] = [];
  #order = 0;

  apply(one: Step): void {
    if (one.kind === 'open') this.#open(one.type, one.used);
    if (one.kind === 'ask') this.#ask(one.wanted, one.kept);
    if (one.kind !== 'close' && one.kind !== 'use') return;
    const index = one.at % Math.max(1, this.open.length);
    const instance = this.open[index];
    if (!instance) return;
    if (one.kind === 'use') this.bins.setFree(instance, rest(instance.capacity, one.used));
    else {
      this.open.splice(index, 1);
      this.bins.remove(instance);
    }
  }

  #open(name: string, used: Amount): void {
    const capacity = types.get(name);
    assert.ok(capacity);
    this.#order += 1;
    // Neither the id nor the time at which it is told is what decides.
    const order = (this.#order * 7919) % 1009;
    const instance = { id: `i-${1009 - order}`, order, type: name, capacity, free: rest(capacity, used) };
    this.open.push(instance);
    this.bins.add(instance);
  }

  #ask(wanted: Amount, at: readonly number[]): void {
    const kept = new Set(at.flatMap((index) => this.open[index % Math.max(1, this.open.length)] ?? []));
    const [except] = kept;
    const least = (one: Instance, other: Instance) =>
      one.free.gpus - other.free.gpus ||
      one.free.vcpuMillis - other.free.vcpuMillis ||
      one.free.memoryMiB - other.free.memoryMiB ||
      one.order - other.order;
    const holds = this.open.filter((instance) => instance !== except && covers(instance.free, wanted));
    assert.equal(this.bins.bestFit(wanted, except && new Set([except]))?.id, holds.sort(least)[0]?.id);
    const most = (one: Instance, other: Instance) =>
      other.free.vcpuMillis - one.free.vcpuMillis ||
      other.free.memoryMiB - one.free.memoryMiB ||
      one.order - other.order;
    const could = this.open.filter((instance) => !kept.has(instance) && covers(instance.capacity, wanted));
    assert.equal(this.bins.nearest(wanted, kept)?.id, could.sort(most)[0]?.id);
    for (const name of types.keys()) {
      const ofType = this.open.filter((instance) => instance.type === name).sort(most);
      assert.deepEqual(
        [...this.bins.ofType(name)].map(({ id }) => id),
        ofType.map(({ id }) => id),
      );
    }
  }
}

describe('instances by what they have free', () => {
  test('answer as a search of all of them', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const world = new World();
        for (const one of steps) world.apply(one);
      }),
      { numRuns: 500 },
    );
  });

  test('one that is not in cannot be taken out', () => {
    const free = { vcpuMillis: 1000, memoryMiB: 1, gpus: 0 };
    const instance = { id: 'i-1', order: 1, type: 'small', capacity: free, free };
    const bins = new Bins();
    assert.throws(() => bins.remove(instance), /i-1 is not in/);
    bins.add(instance);
    bins.remove(instance);
    assert.throws(() => bins.remove(instance), /i-1 is not in/);
    assert.equal(bins.bestFit({ vcpuMillis: 0, memoryMiB: 0, gpus: 0 }), undefined);
  });
});
