import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import type { StoreReads, Transaction } from '../../../store/index.ts';
import { nodeOf } from '../definition/container-record.ts';
import { scope } from './resources.fixture.ts';
import { SpecificationCache, type SpecifiedJob } from './specification-cache.ts';
import { type TaskLogStreams, TaskLogs } from './task-logs.ts';

const taskId = 'task' as TaskId;
const node = nodeOf({ image: 'host', command: ['true'] });
const job: SpecifiedJob = {
  jobName: 'job',
  jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/definition:1',
  specification: { request: {}, nodes: [node], platformCapabilities: ['EC2'] },
};

/** Opens the log of a task, whose stream the store has not. Answers whether it is still known. */
function openedLog() {
  const streams: TaskLogStreams = {
    open: () => ({ stream: 'key' }),
    keyOf: async () => undefined,
    finish: async () => {},
  };
  const limits = { rateBytesPerSecond: 1, maximumBytes: 1 };
  // Nothing here is read from the store.
  const logs = new TaskLogs({ streams, limits, specifications: new SpecificationCache({} as StoreReads) });
  const undo: (() => void)[] = [];
  const transaction: Partial<Transaction> = { onRollback: (step) => void undo.push(step) };
  // Nothing else of it is used.
  const task = { scope, job, node, taskId };
  logs.open(transaction as Transaction, task);
  const isKnown = async () => (await logs.sinks(task)).size > 0;
  return { logs, isKnown, rollBack: () => undo.map((step) => step()) };
}

test('the log of a placement that was refused in the end is not known any more', async () => {
  const { isKnown, rollBack } = openedLog();
  assert.equal(await isKnown(), true);
  rollBack();
  assert.equal(await isKnown(), false);
});

test('logs that were opened before memory is filled anew are not known any more', async () => {
  const { logs, isKnown } = openedLog();
  logs.clear();
  assert.equal(await isKnown(), false);
});
