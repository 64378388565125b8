import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { describeScaleIn } from './describe-launch.ts';
import {
  byIdleSince,
  type IdleInstance,
  planScaleIn as plan,
  type ScaleInPlan,
  type ScaleInRequest,
} from './scale-in.ts';

const idle = (id: string, vcpus: number, idleSince: number): IdleInstance => ({
  id,
  order: Number(id),
  vcpus,
  idleSince,
});
/** Given in one list. */
type Request = Omit<ScaleInRequest, 'idle'> & { readonly idle: readonly IdleInstance[] };
const planScaleIn = (request: Request): ScaleInPlan => {
  const idle = [...Map.groupBy(request.idle, ({ vcpus }) => vcpus).values()];
  return plan({ ...request, idle });
};
const none = () => false;
const base: Omit<Request, 'idle' | 'allocatedvCpus'> = {
  minvCpus: 0,
  delay: 100,
  isKept: none,
  now: 1_000,
  limit: 500,
};
const ended = (request: Request) => planScaleIn(request).ends.map(({ id }) => id);

describe('scale-in', () => {
  test('ends those whose delay is over, and wakes for the next', () => {
    const plan = planScaleIn({
      ...base,
      allocatedvCpus: 20,
      idle: [idle('1', 4, 800), idle('2', 4, 900), idle('3', 4, 901)],
    });
    assert.deepEqual([plan.ends.map(({ id }) => id), plan.more, plan.wakeAt], [['1', '2'], false, 1_001]);
    assert.match(
      plan.ends.map(describeScaleIn).join(),
      /^Idle for 0\.00\d+ minutes; 16 vCPUs are left, and minvCpus is 0\./,
    );
  });

  test('keeps minvCpus, and ends a smaller instance where a larger must stay', () => {
    const all = [idle('1', 8, 100), idle('2', 2, 200), idle('3', 2, 300), idle('4', 2, 400)];
    assert.deepEqual(ended({ ...base, allocatedvCpus: 14, minvCpus: 8, idle: all }), ['2', '3', '4']);
    assert.deepEqual(ended({ ...base, allocatedvCpus: 14, minvCpus: 4, idle: all }), ['1', '2']);
  });

  test('ends nothing that is kept, and does not wake for what it could not end', () => {
    const isKept = (id: string) => id === '1';
    const plan = planScaleIn({ ...base, allocatedvCpus: 8, isKept, idle: [idle('1', 4, 950)] });
    assert.deepEqual(plan, { ends: [], more: false });
    const minimum = planScaleIn({ ...base, allocatedvCpus: 4, minvCpus: 4, idle: [idle('2', 4, 950)] });
    assert.deepEqual(minimum, { ends: [], more: false });
  });

  test('ends so many at once, and says that more follow', () => {
    const all = ['1', '2', '3'].map((id) => idle(id, 1, 0));
    const plan = planScaleIn({ ...base, allocatedvCpus: 3, limit: 2, idle: all });
    assert.deepEqual([plan.ends.length, plan.more], [2, true]);
    assert.equal(planScaleIn({ ...base, allocatedvCpus: 2, limit: 2, idle: all.slice(1) }).more, false);
  });

  test('looks at none of those that minvCpus keeps, however many are idle', () => {
    let looked = 0;
    const many = function* (vcpus: number, count: number) {
      for (let at = 0; at < count; at += 1) {
        looked += 1;
        yield idle(String(at), vcpus, at);
      }
    };
    const lists = [many(4, 10_000), many(8, 10_000), many(2, 3)];
    const { ends } = plan({ ...base, allocatedvCpus: 40_003, minvCpus: 40_000, idle: lists });
    assert.deepEqual([ends.map(({ id }) => id), looked], [['0'], 4]);
  });

  test('never undercuts minvCpus, ends nothing early or kept, and leaves nothing that it could have ended', () => {
    const instance = fc.record({
      vcpus: fc.constantFrom(1, 2, 8),
      idleSince: fc.integer({ min: 0, max: 40 }),
      isKept: fc.boolean(),
    });
    const world = fc.record({
      instances: fc.array(instance, { maxLength: 12 }),
      busy: fc.integer({ min: 0, max: 10 }),
      minvCpus: fc.integer({ min: 0, max: 30 }),
      delay: fc.integer({ min: 0, max: 20 }),
      limit: fc.constantFrom(1, 3, 500),
    });
    fc.assert(
      fc.property(world, ({ instances, busy, minvCpus, delay, limit }) => {
        const all = instances.map(({ vcpus, idleSince }, at) => idle(String(at), vcpus, idleSince)).sort(byIdleSince);
        const kept = new Set(instances.flatMap(({ isKept }, at) => (isKept ? [String(at)] : [])));
        const allocatedvCpus = all.reduce((sum, { vcpus }) => sum + vcpus, busy);
        const isKept = (id: string) => kept.has(id);
        const plan = planScaleIn({ idle: all, allocatedvCpus, minvCpus, delay, isKept, now: 30, limit });
        const gone = new Set(plan.ends.map(({ id }) => id));
        const left = all.reduce((sum, { id, vcpus }) => sum - (gone.has(id) ? vcpus : 0), allocatedvCpus);
        assert.ok(gone.size === 0 || left >= minvCpus);
        assert.ok(gone.size <= limit);
        for (const { id, idleSince } of all) if (gone.has(id)) assert.ok(!kept.has(id) && idleSince + delay <= 30);
        const due = all.filter(({ id, vcpus }) => !gone.has(id) && !kept.has(id) && left - vcpus >= minvCpus);
        const over = due.filter(({ idleSince }) => idleSince + delay <= 30);
        assert.equal(over.length > 0, plan.more);
        const next = plan.more ? undefined : due[0];
        assert.equal(plan.wakeAt, next && next.idleSince + delay);
      }),
      { numRuns: 3_000 },
    );
  });
});
