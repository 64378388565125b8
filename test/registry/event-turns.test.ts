import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTurns } from '../../src/core/count-turns.fixture.ts';
import { createBatchEvents } from '../../src/services/batch/index.ts';
import { benchWithDefinition, submit } from '../../src/services/batch/operations/jobs.fixture.ts';
import { EventsBench, scope } from '../../src/services/events/events.fixture.ts';
import type { StoreReads } from '../../src/store/index.ts';

const size = 10_000;
const slice = 500;

async function openBenches(rules: number, pattern: object) {
  const batch = await benchWithDefinition();
  const jobId = await submit(batch);
  // The yard of that bench has no arrays: the job is read as one.
  const reads: StoreReads = {
    ...batch.store.reads,
    jobs: async (of, ids) =>
      (await batch.store.reads.jobs(of, ids)).map(({ record, specification }) => ({
        record: { ...record, kind: 'array', size, state: { status: 'PENDING' } },
        specification,
      })),
  };
  const events = await EventsBench.open([createBatchEvents({ ledger: batch.ledger, reads })]);
  for (let rule = 0; rule < rules; rule += 1) {
    const Targets = { Id: 'x', Arn: `arn:aws:sns:${scope.region}:${scope.account}:t${rule}` };
    await events.rule(`r${rule}`, { EventPattern: JSON.stringify(pattern) }, Targets);
  }
  // What is delivered is not what this is about.
  events.due.pause();
  const told = (first: number) => {
    const fact = {
      ...scope,
      kind: 'job',
      jobId,
      at: 0,
      from: 'PENDING',
      to: 'RUNNABLE',
      runs: [[0, size - 1]],
    } as const;
    const children = { offset: first, runs: [[first, first + slice - 1]] as const, count: slice };
    return { sequence: 1, fact, children };
  };
  return { batch, events, told, jobId };
}

async function waiting(events: EventsBench): Promise<number> {
  return (await events.store.reads.laneTotal({ of: 'events', scope })).items;
}

test('the children of a large array are events of their own, in many turns', async () => {
  const { events, told, jobId } = await openBenches(3, { source: ['aws.batch'], detail: { status: ['RUNNABLE'] } });
  const turns = await countTurns(async () => {
    const consequence = await events.service.consumer.deliver([told(500)]);
    events.ledger.transact((transaction) => consequence?.(transaction));
  });
  assert.ok(turns >= slice / 50, `${turns} turns`);
  await events.settle();
  assert.equal(await waiting(events), 3 * slice);
  const lane = `arn:aws:sns:${scope.region}:${scope.account}:t0`;
  const items = await events.store.reads.laneItems({ of: 'events', lane, limit: slice });
  const jobs = items.map(({ text }) => JSON.parse(JSON.parse(text).value.payload).detail);
  const expected = Array.from({ length: slice }, (_, at) => `${jobId}:${at + 500}`);
  assert.deepEqual(jobs.map((job) => job.jobId).sort(), expected.sort());
  for (const job of jobs) assert.equal(job.jobId, `${jobId}:${job.arrayProperties.index}`);
  // Told again, as after a crash: the same rows.
  const again = await events.service.consumer.deliver([told(500)]);
  events.ledger.transact((transaction) => again?.(transaction));
  await events.settle();
  assert.equal(await waiting(events), 3 * slice);
});

test('a rule about one child takes that one', async () => {
  const { events, told, jobId } = await openBenches(1, { detail: { arrayProperties: { index: [777] } } });
  const consequence = await events.service.consumer.deliver([told(500)]);
  events.ledger.transact((transaction) => consequence?.(transaction));
  await events.settle();
  const lane = `arn:aws:sns:${scope.region}:${scope.account}:t0`;
  const items = await events.store.reads.laneItems({ of: 'events', lane, limit: slice });
  const ids = items.map(({ text }) => JSON.parse(JSON.parse(text).value.payload).detail.jobId);
  assert.deepEqual(ids, [`${jobId}:777`]);
});

test('rules that each look at a long event share turns: thirty of them hold nobody up', async () => {
  const text = 'x'.repeat(90_000);
  const { events } = await openBenches(30, { source: ['shop'], detail: { text: [{ suffix: 'y' }] } });
  const fact = {
    ...scope,
    ...{ at: 0, eventId: 'e', bus: 'default', source: 'shop', detailType: 'Order', time: 0 },
    kind: 'busEvent',
    ...{ resources: [], detail: JSON.stringify({ text }) },
  } as const;
  const turns = await countTurns(async () => {
    await events.service.consumer.deliver([{ sequence: 1, fact }]);
  });
  assert.ok(turns >= 12, `${turns} turns`);
});
