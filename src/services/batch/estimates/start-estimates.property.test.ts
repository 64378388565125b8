import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../../../core/ids.ts';
import type { JobPlan } from '../yard/job-plan.fixture.ts';
import { environmentArn, queue, queueArn } from '../yard/resources.fixture.ts';
import { EstimatedRig } from './estimated-rig.fixture.ts';

const lengths = [5, 7, 11];
const fairArn = queueArn.replace('main', 'fair');
const queues = [
  { ...queue, priority: 2 },
  {
    ...{ ...queue, name: 'fair', arn: fairArn, priority: 1, decays: [{ since: 0, seconds: 60 }] },
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environmentArn }],
    schedulingPolicyArn: 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair',
  },
];

interface Given {
  readonly seconds: number;
  readonly vcpus: number;
  readonly share: string | undefined;
  readonly priority: number;
  readonly many: { readonly size: number } | { readonly nodes: number } | undefined;
  /** Which of those before it that have not ended it waits for, from the last one back. */
  readonly waitsFor: number | undefined;
  /** Seconds from the one before it. */
  readonly after: number;
}

const given: fc.Arbitrary<Given> = fc.record({
  seconds: fc.constantFrom(...lengths),
  vcpus: fc.constantFrom(1, 1, 2),
  share: fc.constantFrom(undefined, 'one', 'two'),
  priority: fc.constantFrom(0, 0, 5),
  many: fc.constantFrom(undefined, undefined, { size: 3 }, { nodes: 2 }),
  waitsFor: fc.constantFrom(undefined, undefined, 1, 2),
  after: fc.constantFrom(0, 0, 1, 2),
});

function planOf({ vcpus, share, priority, many }: Given, on: JobId | undefined): JobPlan {
  return {
    ...{ vcpus, ...many },
    ...(share !== undefined && { share, priority, queueArn: fairArn }),
    ...(on !== undefined && { dependsOn: [on] }),
  };
}

test('whatever waits starts when it was expected to, if all lasts as it did, and nothing was changed by the question', async () => {
  let compared = 0;
  const property = fc.asyncProperty(fc.array(given, { minLength: 3, maxLength: 12 }), async (jobs) => {
    const at = await EstimatedRig.open({ host: { vcpus: 4 }, queues });
    await at.learn(lengths);
    await at.learn(lengths, { share: 'one', queueArn: fairArn });
    const ids: JobId[] = [];
    const waitedFor = new Set<JobId>();
    for (const job of jobs) {
      const unfinished = ids.filter((id) => at.rig.yard.active(id));
      const on = job.waitsFor === undefined ? undefined : unfinished.at(-job.waitsFor);
      if (on !== undefined) waitedFor.add(on);
      ids.push(at.submit(job.seconds, planOf(job, on)));
      await at.settle();
      await at.pass(job.after);
    }
    const waiting = ids.filter((id) => at.rig.yard.active(id) && !at.hasBegun(id));
    const expected = new Map<JobId, number>();
    for (const id of waiting) {
      const before = at.digest(id);
      expected.set(id, await at.secondsUntil(id));
      assert.equal(at.digest(id), before);
    }
    let ended = ids.map((id) => at.endedOf(id));
    // Two ends in one moment, or one that lets others go on besides making room: which of them is heard of first is nobody's rule, and
    // after that all may be otherwise.
    let isTold = true;
    for (let seconds = 0; seconds <= 400 && isTold && expected.size > 0; seconds += 1) {
      const now = ids.map((id) => at.endedOf(id));
      const changed = ids.filter((_, index) => now[index] !== ended[index]);
      ended = now;
      isTold = changed.length <= 1 && !changed.some((id) => waitedFor.has(id));
      for (const [id, until] of expected) {
        if (!isTold || !at.hasBegun(id)) continue;
        assert.equal(until, seconds, `job ${ids.indexOf(id)} starts`);
        expected.delete(id);
        compared += 1;
      }
      await at.pass(1);
    }
    assert.deepEqual([isTold ? expected.size : 0, at.rig.errors], [0, []]);
  });
  await fc.assert(property, { numRuns: 60 });
  assert.ok(compared >= 10, `only ${compared} starts were compared`);
});
