import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { childId } from '../../../core/job.ts';
import { computeEnvironmentRecords, jobQueueRecords, type StateTimeLimitAction } from '../records.ts';
import { environment, queue } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const minute = 60_000;
const hour = 60 * minute;
const forEver = { runFor: 'until-stopped' } as const;
const capacity = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY';
const maximum = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
const canceled = (reason: string) => `Canceled by JobStateTimeLimit action due to reason: ${reason}`;

function limit(reason: string, maxTimeSeconds = 600): StateTimeLimitAction {
  return { reason, state: 'RUNNABLE', maxTimeSeconds, action: 'CANCEL' };
}

function openWith(...jobStateTimeLimitActions: readonly StateTimeLimitAction[]): Promise<Rig> {
  return Rig.open({ queues: [{ ...queue, jobStateTimeLimitActions }] });
}

/** A machine that is full, and a job that waits for it. */
async function fullMachine(rig: Rig) {
  const running = rig.submit({ vcpus: 4, behaviour: forEver });
  await rig.settle();
  const head = rig.submit({ vcpus: 1, behaviour: forEver });
  await rig.settle();
  return { running, head };
}

/** What a job ended with. */
async function end(rig: Rig, jobId: Parameters<Rig['state']>[0]) {
  const state = await rig.state(jobId);
  return 'statusReason' in state ? [state.status, state.statusReason] : [state.status];
}

async function told(rig: Rig) {
  const facts = (await rig.store.reads.facts({ from: 0, limit: 1_000 })).map(({ fact }) => fact);
  return facts.flatMap((fact) => (fact.kind === 'jobQueueBlocked' ? [[fact.jobId, fact.reason]] : []));
}

test('the head that waits too long for its reason is cancelled in the words of AWS, and the next job has the same time', async () => {
  const rig = await openWith(limit(maximum));
  const [first, second] = [rig.submit({ vcpus: 2_000 }), rig.submit({ vcpus: 3_000 })];
  await rig.settle();
  await rig.pass(10 * minute - 1);
  assert.deepEqual(await end(rig, first), ['RUNNABLE']);
  await rig.pass(1);
  assert.deepEqual([await end(rig, first), await end(rig, second)], [['FAILED', canceled(maximum)], ['RUNNABLE']]);
  await rig.pass(10 * minute - 1);
  assert.deepEqual(await end(rig, second), ['RUNNABLE']);
  await rig.pass(1);
  assert.deepEqual(await end(rig, second), ['FAILED', canceled(maximum)]);
  await rig.check();
});

test('a queue without an action for its reason lets the head wait', async () => {
  const rig = await openWith(limit('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT'));
  const head = rig.submit({ vcpus: 2_000 });
  await rig.settle();
  await rig.pass(24 * hour);
  assert.deepEqual(await end(rig, head), ['RUNNABLE']);
});

test('a machine that stays full is capacity that does not come: told after the grace, ended after the limit', async () => {
  const rig = await openWith(limit(capacity));
  const { head } = await fullMachine(rig);
  const words = `${capacity} - Service cannot fulfill the capacity requested for instance type [EC2]`;
  await rig.pass(minute - 1);
  assert.deepEqual(await told(rig), []);
  assert.match(rig.yard.explain(head)?.text ?? '', /^Waiting for the host: 1 vCPU short/);
  await rig.pass(1);
  assert.deepEqual(await told(rig), [[head, words]]);
  const { text, notes = [] } = rig.yard.explain(head) ?? {};
  assert.deepEqual([text, notes[0]], [words, 'Waiting for the host: 1 vCPU short.']);
  await rig.pass(9 * minute);
  assert.deepEqual([await end(rig, head), (await told(rig)).length], [['FAILED', canceled(capacity)], 1]);
});

test('a job that waits its turn behind others of its environment does not block, and nothing ends it', async () => {
  const rig = await Rig.open({
    environments: [{ ...environment, computeResources: { type: 'EC2', maxvCpus: 1, subnets: [] } }],
    queues: [{ ...queue, jobStateTimeLimitActions: [limit(capacity), limit(maximum)] }],
  });
  rig.submit({ behaviour: forEver });
  const waits = rig.submit();
  await rig.settle();
  await rig.pass(24 * hour);
  assert.deepEqual([await told(rig), await end(rig, waits)], [[], ['RUNNABLE']]);
});

test('what may pass and has no words of AWS is told after the grace as undetermined, in words of ours', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  await rig.restart();
  const head = rig.submit();
  await rig.settle();
  await rig.pass(minute);
  const [[jobId, reason] = []] = await told(rig);
  assert.equal(jobId, head);
  assert.match(reason ?? '', /^UNDETERMINED - The engine of compute environment main cannot run jobs: /);
  assert.equal(`UNDETERMINED - ${rig.yard.explain(head)?.text}`, reason, 'a job says the words alone');
});

test('the time begins anew when the reason changes', async () => {
  const rig = await openWith(limit(capacity), limit(maximum));
  const { head } = await fullMachine(rig);
  await rig.pass(9 * minute);
  const set = (maxvCpus: number) => {
    rig.ledger.transact((transaction) => {
      const computeResources = { type: 'EC2', maxvCpus, subnets: [] };
      transaction.put(computeEnvironmentRecords, { ...environment, computeResources });
      rig.yard.resourcesChanged(transaction);
    });
    return rig.settle();
  };
  await set(4);
  await set(1_000);
  await rig.pass(9 * minute);
  assert.deepEqual(await end(rig, head), ['RUNNABLE']);
  await rig.pass(minute);
  assert.deepEqual(await end(rig, head), ['FAILED', canceled(capacity)]);
});

test('an action that the queue gets while its head waits counts what has passed', async () => {
  const rig = await Rig.open();
  const { head } = await fullMachine(rig);
  await rig.pass(20 * minute);
  const change = (maxTimeSeconds: number) => {
    rig.ledger.transact((transaction) => {
      transaction.put(jobQueueRecords, { ...queue, jobStateTimeLimitActions: [limit(capacity, maxTimeSeconds)] });
      rig.yard.resourcesChanged(transaction);
    });
    return rig.pass(0);
  };
  await change(1_201);
  assert.deepEqual(await end(rig, head), ['RUNNABLE']);
  await change(1_200);
  assert.deepEqual(await end(rig, head), ['FAILED', canceled(capacity)]);
});

test('of an array one child after the other stands at the head, each with its own time', async () => {
  const rig = await openWith(limit(capacity));
  const array = rig.submit({ size: 3, vcpus: 3, behaviour: forEver });
  await rig.settle();
  await rig.pass(9 * minute);
  // The first ends, the second starts: it is the third that stands at the head since then.
  rig.yard.terminate(childId(array, 0), 'enough');
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.explain(childId(array, 1))?.text, 'Running');
  // What is stored is of the third, at once.
  rig.rebuild();
  await rig.settle();
  await rig.pass(9 * minute);
  assert.equal(rig.yard.explain(childId(array, 2))?.status, 'RUNNABLE');
  await rig.pass(minute);
  assert.equal(rig.yard.explain(childId(array, 2)), undefined);
  assert.equal(rig.yard.explain(childId(array, 1))?.text, 'Running');
  await rig.check();
});

test('children that never start are cancelled one by one, each after the whole time', async () => {
  const rig = await openWith(limit(maximum));
  const array = rig.submit({ size: 2, vcpus: 2_000 });
  await rig.settle();
  const waits = () => [0, 1].map((index) => rig.yard.explain(childId(array, index))?.status);
  await rig.pass(10 * minute);
  assert.deepEqual(waits(), [undefined, 'RUNNABLE']);
  // What is stored is of the second child, at once.
  await rig.restart();
  await rig.pass(10 * minute - 1);
  assert.deepEqual(waits(), [undefined, 'RUNNABLE']);
  await rig.pass(1);
  await rig.pass(0);
  assert.equal(await rig.status(array), 'FAILED');
  await rig.check();
});

test('that a child was ended is stored with when the next one came to the head', async () => {
  const rig = await openWith(limit(capacity));
  rig.submit({ vcpus: 4, behaviour: forEver });
  await rig.settle();
  const array = rig.submit({ size: 2 });
  await rig.settle();
  await rig.pass(10 * minute);
  await rig.restart();
  await rig.pass(10 * minute - 1);
  const waits = [0, 1].map((index) => rig.yard.explain(childId(array, index))?.status);
  assert.deepEqual(waits, [undefined, 'RUNNABLE']);
});

test('a server that starts again goes on counting, and one that was down for the whole time ends the head at once', async () => {
  const rig = await openWith(limit(capacity));
  const { head } = await fullMachine(rig);
  await rig.pass(4 * minute);
  await rig.restart(() => rig.clock.advance(2 * minute));
  await rig.pass(4 * minute - 1);
  assert.deepEqual(await end(rig, head), ['RUNNABLE']);
  await rig.restart(() => rig.clock.advance(hour));
  await rig.pass(0);
  assert.deepEqual(await end(rig, head), ['FAILED', canceled(capacity)]);
  assert.equal((await told(rig)).length, 1);
});

test('a wall clock that is set, even before memory is rebuilt, ends no head early and keeps none', async () => {
  for (const jump of [-24 * hour, 24 * hour]) {
    const rig = await openWith(limit(capacity));
    const { head } = await fullMachine(rig);
    await rig.pass(5 * minute);
    rig.clock.jumpWall(jump);
    await rig.pass(0);
    rig.rebuild();
    await rig.settle();
    await rig.pass(5 * minute - 1);
    assert.deepEqual(await end(rig, head), ['RUNNABLE']);
    await rig.pass(1);
    assert.deepEqual(await end(rig, head), ['FAILED', canceled(capacity)]);
  }
});

test('a commit that fails takes the end and what is told along: both come once, with the next', async () => {
  const rig = await openWith(limit(capacity));
  const { head } = await fullMachine(rig);
  await rig.pass(minute - 1);
  rig.store.failNext();
  await rig.pass(1);
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual([(await told(rig)).length, rig.rebuilds], [1, 1]);
  await rig.pass(9 * minute - 1);
  rig.store.failNext();
  await rig.pass(1);
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual([await end(rig, head), rig.rebuilds], [['FAILED', canceled(capacity)], 2]);
  const ends = (await rig.facts()).filter(({ jobId, to }) => jobId === head && to === 'FAILED');
  assert.equal(ends.length, 1);
  await rig.check();
});

test('while changes are refused nothing ends; then the head does', async () => {
  const rig = await openWith(limit(capacity));
  const { head } = await fullMachine(rig);
  await rig.pass(minute);
  rig.refuseChanges();
  await rig.pass(hour);
  assert.deepEqual(await end(rig, head), ['RUNNABLE']);
  await rig.reopen();
  await rig.pass(0);
  assert.deepEqual(await end(rig, head), ['FAILED', canceled(capacity)]);
});

test('a queue of which nothing is left leaves no timer', async () => {
  const rig = await openWith(limit(maximum));
  const submitted = async () => {
    const head = rig.submit({ vcpus: 2_000 });
    await rig.settle();
    return head;
  };
  const cancelled = async (head: JobId) => {
    rig.yard.cancel(head, 'a typing error');
    await rig.settle();
    await rig.pass(1_000);
    return rig.clock.pending;
  };
  // The first ended job leaves a timer to sweep it by.
  const before = await cancelled(await submitted());
  const head = await submitted();
  assert.ok(rig.clock.pending > before);
  assert.equal(await cancelled(head), before);
});
