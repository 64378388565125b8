import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../batch.fixture.ts';
import { jobQueueRecords } from '../records.ts';

const jobQueueArn = 'arn:aws:batch:us-east-1:123456789012:job-queue/default';
const by = 'arn:aws:iam::123456789012:root';
const named = { jobQueueName: 'default', jobQueueArn };

test('a queue is held by name or ARN, once, until it is released; the scheduler hears of it, and the next server knows', async () => {
  const bench = await openBench();
  await bench.call('ListQueues', {});
  const since = bench.clock.now();
  const before = bench.yard.resourceChanges;
  assert.deepEqual(await bench.call('HoldJobQueue', { jobQueue: 'default' }), { ...named, hold: { since, by } });
  bench.clock.advance(10);
  assert.deepEqual(await bench.call('HoldJobQueue', { jobQueue: jobQueueArn }), { ...named, hold: { since, by } });
  assert.equal(bench.yard.resourceChanges, before + 1);
  const next = await openBench({ store: bench.store });
  assert.deepEqual(await next.call('HoldJobQueue', { jobQueue: 'default' }), { ...named, hold: { since, by } });
  assert.deepEqual(await next.call('ReleaseJobQueue', { jobQueue: 'default' }), named);
  assert.deepEqual(await next.call('ReleaseJobQueue', { jobQueue: 'default' }), named);
  assert.equal(next.yard.resourceChanges, 1);
});

test('a queue that is held is the same to AWS’s clients, takes jobs, and stays held when it is updated', async () => {
  const { call, ledger } = await openBench();
  const shown = async () => (await call<{ jobQueues: object[] }>('DescribeJobQueues', {})).jobQueues;
  const before = await shown();
  await call('HoldJobQueue', { jobQueue: 'default' });
  assert.deepEqual(await shown(), before);
  await call('UpdateJobQueue', { jobQueue: 'default', priority: 7 });
  const [record] = ledger.list(jobQueueRecords, { account: '123456789012', region: 'us-east-1' } as never);
  assert.deepEqual([record?.status, record?.priority, record?.hold?.by], ['VALID', 7, by]);
});

test('a queue that is not there, or on its way out, is refused; access is asked for the queue, with its tags', async () => {
  const { access, refusal, ledger, call } = await openBench();
  await call('TagResource', { resourceArn: jobQueueArn, tags: { team: 'film' } });
  for (const name of ['HoldJobQueue', 'ReleaseJobQueue']) {
    const gone = jobQueueArn.replace('default', 'gone');
    assert.equal(await refusal(name, { jobQueue: 'gone' }), `${gone} does not exist`);
    const conditions = { 'aws:ResourceTag/team': 'film' };
    const asked = [{ action: `batchyard:${name}`, resource: jobQueueArn, conditions }];
    assert.deepEqual(await access(name, { jobQueue: 'default' }), asked);
  }
  const [record] = ledger.list(jobQueueRecords, { account: '123456789012', region: 'us-east-1' } as never);
  ledger.transact((transaction) => record && transaction.put(jobQueueRecords, { ...record, status: 'DELETING' }));
  assert.match(await refusal('HoldJobQueue', { jobQueue: 'default' }), /resource is being modified/);
});
