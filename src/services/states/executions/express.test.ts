import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceError } from '../../../core/errors.ts';
import { type Bench, ended, openBench, scope, settle } from './executions.fixture.ts';

const express = { kind: 'EXPRESS' } as const;
const task = { StartAt: 'T', States: { T: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true } } };
const forever = new AbortController().signal;

async function running(bench: Bench): Promise<number> {
  const loaded = await Array.fromAsync((await bench.store.load()).executions);
  return loaded.flat().length;
}

test('a synchronous Express execution answers with its outcome and leaves nothing behind', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task, express);
  bench.integrations.behaviour = () => ({ type: 'taskSucceeded', output: { MessageId: 'm' } });
  const outcome = await bench.executions.startSync(scope, { runnable, name: 'n', input: '{"a": 1}' }, forever);
  const { executionArn, ...rest } = outcome;
  assert.match(executionArn, /^arn:aws:states:us-east-1:123456789012:express:m:n:[0-9a-f-]{36}$/);
  const now = new Date(bench.clock.now());
  const output = '{"MessageId":"m"}';
  assert.deepEqual(rest, { name: 'n', startDate: now, stopDate: now, status: 'SUCCEEDED', input: '{"a": 1}', output });
  assert.equal(await running(bench), 0);
  assert.equal(bench.executions.runningCount, 0);
});

test('an Express execution ends after five minutes', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task, express);
  const answer = bench.executions.startSync(scope, { runnable }, forever);
  await settle(bench);
  bench.clock.advance(300_000);
  const { status, error } = await answer;
  assert.deepEqual([status, error], ['TIMED_OUT', undefined]);
  assert.equal(bench.integrations.cancelled.length, 1);
});

test('a synchronous execution counts no redrives in its context object, another one does', async () => {
  const bench = await openBench();
  const Output = '{% $exists($states.context.Execution.RedriveCount) %}';
  const counts = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output, End: true } } };
  const runnable = bench.catalog.add('m', counts, express);
  assert.equal((await bench.executions.startSync(scope, { runnable }, forever)).output, 'false');
  const standard = bench.catalog.add('n', counts);
  const { executionArn } = await bench.executions.start(scope, { runnable: standard });
  assert.equal((await ended(bench, executionArn)).output, 'true');
});

test('only Express state machines run synchronously', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task);
  await assert.rejects(
    bench.executions.startSync(scope, { runnable }, forever),
    (error: ServiceError) => error.code === 'StateMachineTypeNotSupported',
  );
});

test('an execution goes on when nobody waits for it any more', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task, express);
  const client = new AbortController();
  const answer = bench.executions.startSync(scope, { runnable }, client.signal);
  await settle(bench);
  client.abort(new Error('gone'));
  await assert.rejects(answer, /gone/);
  assert.equal(bench.executions.runningCount, 1);
});

test('an asynchronous Express execution is kept while it runs, and runs again from its start after a crash', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task, express);
  const { executionArn } = await bench.executions.start(scope, { runnable, name: 'n' });
  await bench.executions.start(scope, { runnable, name: 'n' });
  await settle(bench);
  assert.equal(await running(bench), 2);
  await bench.crash();
  await settle(bench);
  const calls = bench.integrations.started.filter((call) => call.executionArn === executionArn);
  assert.equal(calls.length, 2);
  assert.notEqual(calls[0]?.key, calls[1]?.key);
  for (const call of bench.integrations.started) bench.integrations.succeed(call, 1);
  await settle(bench);
  assert.equal(await running(bench), 0);
  assert.deepEqual(bench.errors, []);
});
