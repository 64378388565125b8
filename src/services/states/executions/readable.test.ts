import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceError } from '../../../core/errors.ts';
import { stateMachineRecords } from '../records.ts';
import { type Bench, ended, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob', End: true };
const waits = { StartAt: 'T', States: { T: task } };
const maps = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...waits },
      End: true,
    },
  },
};
const later = '{"StartAt":"T","States":{"T":{"Type":"Dream","End":true}}}';
const words = /^The stored definition of the state machine cannot be read: .*Dream|Task, Wait, Pass/;

async function start(bench: Bench, name: string, definition: object, input = '{}'): Promise<string> {
  const runnable = bench.catalog.add(name, definition);
  const { executionArn } = await bench.executions.start(scope, { runnable, input });
  await settle(bench);
  return executionArn;
}

function history(bench: Bench, arn: string) {
  return bench.store.reads.executionHistory({ scope, arn, backwards: true, limit: 1 });
}

test('an execution whose stored definition no longer compiles fails with words, and others go on', async () => {
  const bench = await openBench();
  const broken = await start(bench, 'm', waits);
  const whole = await start(bench, 'n', waits);
  bench.catalog.damage('m', later);
  await bench.crash();
  await settle(bench);
  const end = await ended(bench, broken);
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.Runtime']);
  assert.match(end.cause ?? '', words);
  const [last] = await history(bench, broken);
  assert.deepEqual(last, {
    timestamp: bench.clock.now(),
    type: 'ExecutionFailed',
    id: 4,
    previousEventId: 3,
    executionFailedEventDetails: { error: 'States.Runtime', cause: end.cause },
  });
  bench.integrations.succeed(bench.integrations.started.at(-1) ?? assert.fail(), 1);
  assert.equal((await ended(bench, whole)).status, 'SUCCEEDED');
  assert.equal(bench.executions.runningCount, 0);
});

test('what begins with such a definition fails the same way, Express too', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.damage('m', '{');
  const { executionArn } = await bench.executions.start(scope, { runnable });
  const end = await ended(bench, executionArn);
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.Runtime']);
  const express = bench.catalog.add('e', {}, { kind: 'EXPRESS', definition: '{' });
  const outcome = await bench.executions.startSync(scope, { runnable: express }, new AbortController().signal);
  assert.deepEqual([outcome.status, outcome.error], ['FAILED', 'States.Runtime']);
});

test('its map runs and their children end with it', async () => {
  const bench = await openBench();
  const arn = await start(bench, 'm', maps, '[1,2]');
  bench.catalog.damage('m', later);
  await bench.crash();
  await settle(bench);
  assert.equal((await ended(bench, arn)).status, 'FAILED');
  const [run] = await bench.store.reads.mapRuns({ scope, executionArn: arn, limit: 1 });
  assert.equal(run?.status, 'FAILED');
  const children = await bench.store.reads.listExecutions({ scope, of: 'mapRun', arn: run.arn, limit: 10 });
  assert.deepEqual(
    children.map(({ state }) => state.status),
    ['FAILED', 'FAILED'],
  );
  assert.equal(bench.executions.runningCount, 0);
});

test('an execution whose revision is lost fails too', async () => {
  const bench = await openBench();
  const arn = await start(bench, 'm', waits);
  const { revision } = bench.catalog;
  bench.catalog.revision = () => undefined;
  await bench.crash();
  await settle(bench);
  bench.catalog.revision = revision;
  assert.equal((await ended(bench, arn)).error, 'States.Runtime');
});

test('it is redriven where it was once the definition can be read again, and refused until then', async () => {
  const bench = await openBench();
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  const arn = await start(bench, 'm', waits);
  bench.catalog.damage('m', later);
  await bench.crash();
  await ended(bench, arn);
  await assert.rejects(bench.executions.redrive(scope, arn), (error: ServiceError) => {
    assert.match(error.message, words);
    return error.code === 'ExecutionNotRedrivable';
  });
  bench.catalog.damage('m', JSON.stringify(waits));
  await bench.executions.redrive(scope, arn);
  await settle(bench);
  bench.integrations.succeed(bench.integrations.started.at(-1) ?? assert.fail(), 'again');
  assert.equal((await ended(bench, arn)).output, '"again"');
});
