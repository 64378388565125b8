import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { Jobs } from '../../../jobs/index.ts';
import { queueArn, scope } from './resources.fixture.ts';
import { type StateSources, serverState, stateLimits } from './server-state.ts';

const nothing = () => {};
const jobId = 'asked' as JobId;
const own = { queueArn, share: '', size: 1, jobs: [{ jobId, count: 1 }] };

type Copy = ReturnType<StateSources['queues']['copy']>;

/** One job that waits. */
function oneJob(): Jobs {
  const jobs = new Jobs({
    journal: { transact: nothing, fact: nothing, consumed: nothing },
    scheduler: { apply: nothing },
    timers: { arm: nothing, disarm: nothing },
    effects: { startTask: nothing, stopTask: nothing, releaseTask: nothing, ended: nothing },
    clock: { now: () => 0 },
    onWork: nothing,
    placeNode: () => undefined,
  });
  const resources = { vcpus: 1, memoryMiB: 1, gpus: 0 };
  const traits = {
    ...{ scope, jobQueueArn: queueArn, jobDefinitionArn: 'd:1', user: undefined, resources, dependsOn: [] },
    ...{ shareIdentifier: undefined, schedulingPriority: 0, timeoutSeconds: undefined },
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
  };
  const state = { status: 'RUNNABLE', attempts: [] } as const;
  jobs.load({ job: { kind: 'single', jobId, number: 1, createdAt: 0, order: 1, traits, state } });
  return jobs;
}

function sourcesOf(waiting: Copy['waiting'], { resources = [], shares = [] }: Partial<Copy> = {}): StateSources {
  return {
    jobs: oneJob(),
    queues: { copy: () => ({ resources, waiting, shares }), now: () => 0 },
    clock: { now: () => 0 },
    ...{ decided: () => [], starting: () => [], bootDelay: 0 },
  };
}

test('of a million jobs no more are looked at than the limit lets, whether they are before the one that is asked about or behind', () => {
  let looked = 0;
  function* line(before: number) {
    for (let each = 0; each < 1_000_000; each += 1) {
      looked += 1;
      yield { jobId: each === before ? jobId : (`${each}` as JobId), count: 1 };
    }
  }
  const share = (before: number) => ({ queueArn, share: '', size: 1_000_000, jobs: line(before) });
  assert.equal(serverState({ jobId }, sourcesOf([share(999_999)])), undefined);
  // One more is taken before the end is seen.
  assert.equal(looked, stateLimits.waiting + 1);
  looked = 0;
  const state = serverState({ jobId }, sourcesOf([share(7)]));
  assert.equal(looked, stateLimits.waiting + 1);
  assert.deepEqual(state?.cut, []);
});

test('of other shares the first are taken, and how many starts those are is told', () => {
  const jobs = Array.from({ length: 1_500 }, (_, index) => ({ jobId: `${index}` as JobId, count: 2 }));
  const state = serverState({ jobId }, sourcesOf([own, { queueArn: 'other', share: '', size: 1_500, jobs }]));
  assert.deepEqual(state?.cut, [{ queueArn: 'other', share: '', starts: 2_000 }]);
});

test('where more shares have jobs than may be looked at, nothing is taken', () => {
  const shares = Array.from({ length: stateLimits.waiting + 1 }, (_, index) => {
    return { queueArn: `${index}`, share: '', size: 1, jobs: [{ jobId: `${index}` as JobId, count: 1 }] };
  });
  assert.equal(serverState({ jobId }, sourcesOf(shares)), undefined);
  assert.ok(serverState({ jobId }, sourcesOf(shares.slice(1))));
});

test('of more instances, shares or shares with jobs than may be looked at one more is, and nothing is taken', () => {
  let looked = 0;
  function* many<Item>(count: number, one: Item) {
    for (let each = 0; each < count; each += 1) {
      looked += 1;
      yield one;
    }
  }
  const removed = { kind: 'pool-removed', pool: 'p' } as const;
  const used = { event: { kind: 'share-put', queueArn, share: '', usage: 1, at: 0 }, jobs: 0 } as const;
  const state = (of: Partial<Copy>) => {
    looked = 0;
    return serverState({ jobId }, sourcesOf(of.waiting ?? [own], of));
  };
  assert.equal(state({ resources: many(1_000_000, removed) }), undefined);
  assert.equal(looked, stateLimits.resources + 1);
  assert.equal(state({ resources: many(stateLimits.resources, removed) })?.resources.length, stateLimits.resources);
  assert.equal(state({ shares: many(1_000_000, used) }), undefined);
  assert.equal(looked, stateLimits.shares + 1);
  assert.equal(state({ shares: many(stateLimits.shares, used) })?.shares.length, stateLimits.shares);
  assert.equal(state({ waiting: many(1_000_000, own) }), undefined);
  assert.equal(looked, stateLimits.waiting + 1);
});
