import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceError } from '../../../core/errors.ts';
import { stateMachineRecords } from '../records.ts';
import { type Bench, ended, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 600, End: true } } };
const fail = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } };

/** A state machine that the ledger knows, as it is where deletions happen. */
async function open(definition: object, given: Parameters<typeof openBench>[0] = {}, more: object = {}) {
  const bench = await openBench(given);
  const runnable = bench.catalog.add('m', definition, more);
  const machine = { ...machineRecord, revisionId: runnable.revision.name };
  const put = (status: 'ACTIVE' | 'DELETING') => {
    bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, { ...machine, status }));
  };
  put('ACTIVE');
  return { bench, runnable, remove: () => remove(bench, put) };
}

/** As DeleteStateMachine does it. */
async function remove({ executions, ledger }: Bench, put: (status: 'DELETING') => void): Promise<void> {
  put('DELETING');
  await executions.onMachineDeleted(scope, machineRecord.arn);
  ledger.transact((transaction) => transaction.delete(stateMachineRecords, scope, 'm'));
}

const code = (expected: string) => (error: ServiceError) => error.code === expected;

test('a start that looks whether its name is taken begins nothing when its machine is deleted meanwhile', async () => {
  const { bench, runnable, remove } = await open(wait);
  const started = bench.executions.start(scope, { runnable, name: 'n' });
  const removed = remove();
  await assert.rejects(async () => started, code('StateMachineDeleting'));
  await removed;
  await settle(bench);
  assert.equal(bench.executions.runningCount, 0);
});

test('a redrive that reads what failed begins nothing when its machine is deleted meanwhile', async () => {
  const { bench, runnable, remove } = await open(fail);
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await ended(bench, executionArn);
  const { frames } = bench.store.reads;
  let removed: Promise<void> | undefined;
  bench.store.reads.frames = async (...of) => {
    const found = await frames(...of);
    removed = remove();
    return found;
  };
  await assert.rejects(bench.executions.redrive(scope, executionArn), code('ExecutionNotRedrivable'));
  await removed;
  const events = await bench.store.reads.executionHistory({ scope, arn: executionArn, backwards: true, limit: 1 });
  assert.equal((events[0] as { type?: string }).type, 'ExecutionFailed');
  assert.equal(events.length, 1);
});
