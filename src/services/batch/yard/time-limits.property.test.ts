import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../../../core/ids.ts';
import { queue } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const reason = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
const limit: number = 600_000;

/** What may happen to a server whose queue is blocked; times in milliseconds. */
type Happening =
  | { readonly kind: 'pass' | 'restart' | 'jump'; readonly milliseconds: number }
  | { readonly kind: 'rebuild' | 'commit-fails' };

/** Whole seconds: what follows the end of a head happens when the clock stands still, once a second. */
const passes = fc.constantFrom(1_000, 59_000, 60_000, 299_000, 300_000, 599_000, 600_000);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: passes }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const), milliseconds: passes }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      milliseconds: fc.integer({ min: -2_000, max: 2_000 }).map((seconds) => seconds * 1_000),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom('rebuild' as const, 'commit-fails' as const).map((kind) => ({ kind })) },
);

/**
 * Who should have ended: of jobs that never start one after the other, each once it has stood at the head for the whole time. A
 * server counts by its steady clock; of what was before it started it knows what the wall clock shows.
 */
class Expected {
  ended = 0;
  #since: number;
  #lasted = 0;

  constructor(now: number) {
    this.#since = now;
  }

  pass(milliseconds: number, now: number): void {
    for (let left = milliseconds; ; ) {
      const step = Math.min(left, limit - this.#lasted);
      this.#lasted += step;
      left -= step;
      if (this.#lasted < limit) break;
      this.#endHead(now - left);
    }
  }

  restart(now: number): void {
    this.#lasted = Math.max(0, now - this.#since);
    if (this.#lasted >= limit) this.#endHead(now);
  }

  #endHead(now: number): void {
    this.ended += 1;
    this.#since = now;
    this.#lasted = 0;
  }
}

async function happen(rig: Rig, expected: Expected, each: Happening): Promise<void> {
  switch (each.kind) {
    case 'pass':
      await passInSteps(rig, each.milliseconds);
      expected.pass(each.milliseconds, rig.clock.now());
      break;
    case 'restart':
      await rig.restart(() => rig.clock.advance(each.milliseconds));
      await rig.pass(0);
      // Once more, if the first commit failed.
      await rig.pass(0);
      expected.restart(rig.clock.now());
      break;
    case 'jump':
      rig.clock.jumpWall(each.milliseconds);
      await rig.pass(0);
      break;
    case 'rebuild':
      rig.rebuild();
      await rig.pass(0);
      break;
    case 'commit-fails':
      rig.store.failNext();
      break;
  }
}

/** At each stop what is due then is done, and stored, before time goes on. */
async function passInSteps(rig: Rig, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1_000) {
    await rig.pass(Math.min(left, 1_000));
    await rig.pass(0);
  }
}

async function ended(rig: Rig): Promise<readonly JobId[]> {
  const jobs = await rig.storedJobs();
  return jobs.flatMap(({ record }) => (record.state.status === 'FAILED' ? [record.jobId] : []));
}

test('whatever clocks, kills and failed commits do, each head is ended when its time is over, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 10 }), async (happenings) => {
      const actions = [{ reason, state: 'RUNNABLE', maxTimeSeconds: limit / 1_000, action: 'CANCEL' }];
      const rig = await Rig.open({ queues: [{ ...queue, jobStateTimeLimitActions: actions }] });
      const jobs = Array.from({ length: 20 }, () => rig.submit({ vcpus: 2_000 }));
      await rig.settle();
      const expected = new Expected(rig.clock.now());
      await passInSteps(rig, 1_000);
      expected.pass(1_000, rig.clock.now());
      for (const each of happenings) {
        await happen(rig, expected, each);
        rig.store.failNext(each.kind === 'commit-fails');
        assert.deepEqual(await ended(rig), jobs.slice(0, expected.ended), `after ${JSON.stringify(each)}`);
      }
      assert.deepEqual(rig.errors, []);
    }),
    { numRuns: 40 },
  );
});
