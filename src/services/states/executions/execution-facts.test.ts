import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateMachineRecords } from '../records.ts';
import { type Bench, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

async function facts({ store }: Bench) {
  const found = await store.reads.facts({ from: 0, limit: 100 });
  return found.flatMap(({ fact }) => (fact.kind === 'execution' ? [[fact.executionArn, fact.from, fact.to]] : []));
}

test('a Standard execution that begins, ends and is redriven is a fact each time, and no step between them', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Fail', Error: 'E' } },
  });
  const { executionArn } = await bench.executions.start(scope, { runnable, name: 'e' });
  await settle(bench);
  assert.deepEqual(await facts(bench), [
    [executionArn, undefined, 'RUNNING'],
    [executionArn, 'RUNNING', 'FAILED'],
  ]);
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  await bench.executions.redrive(scope, executionArn);
  await settle(bench);
  assert.deepEqual((await facts(bench)).slice(2), [
    [executionArn, 'FAILED', 'RUNNING'],
    [executionArn, 'RUNNING', 'FAILED'],
  ]);
});

test('a redriven execution that goes on is a fact at once, and another when it ends', async () => {
  const bench = await openBench();
  const Resource = 'arn:aws:states:::batch:submitJob.sync';
  const runnable = bench.catalog.add('m', { StartAt: 'A', States: { A: { Type: 'Task', Resource, End: true } } });
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  const { executionArn } = await bench.executions.start(scope, { runnable, name: 'e' });
  await settle(bench);
  const [first = assert.fail()] = bench.integrations.started;
  bench.integrations.report(first, { type: 'taskFailed', error: 'E', cause: 'c' });
  await settle(bench);
  await bench.executions.redrive(scope, executionArn);
  await settle(bench);
  assert.deepEqual((await facts(bench)).slice(2), [[executionArn, 'FAILED', 'RUNNING']]);
  const again = bench.integrations.started[1] ?? assert.fail();
  bench.integrations.succeed(again, 1);
  await settle(bench);
  assert.deepEqual((await facts(bench)).slice(3), [[executionArn, 'RUNNING', 'SUCCEEDED']]);
});

test('of an Express execution there is no fact', async () => {
  const bench = await openBench();
  const definition = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
  const runnable = bench.catalog.add('m', definition, { kind: 'EXPRESS' });
  await bench.executions.start(scope, { runnable, name: 'e' });
  await settle(bench);
  assert.deepEqual(await facts(bench), []);
});
