import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../../../core/ids.ts';
import type { StoredJob, StoreReads, Transaction } from '../../../store/index.ts';
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

test('the logs of a node that another server process placed are finished by the names of its own containers', async () => {
  const range = (index: number) => ({ range: { first: index, last: index } });
  const nodes = [0, 1, 2].map((index) => {
    const containers = node.containers.map((container) => ({ ...container, name: `node-${index}` }));
    return { ...node, ...range(index), containers };
  });
  const { jobName, jobDefinitionArn } = job;
  const jobId = 'gang' as JobId;
  const stored = { record: { jobId, jobName, jobDefinitionArn }, specification: { ...job.specification, nodes } };
  const finished: string[] = [];
  const streams: TaskLogStreams = {
    open: () => assert.fail('nothing is opened'),
    keyOf: async () => undefined,
    finish: async (_scope, _group, streamName) => void finished.push(streamName),
  };
  // No other read is used, and of a record no more than this.
  const reads: Partial<StoreReads> = { jobs: async () => [stored as object as StoredJob] };
  const specifications = new SpecificationCache(reads as StoreReads);
  const logs = new TaskLogs({ streams, limits: { rateBytesPerSecond: 1, maximumBytes: 1 }, specifications });
  await logs.finish({ job: { scope, jobId, kind: 'multiNode' }, index: 2 }, taskId);
  await logs.finish({ job: { scope, jobId, kind: 'array' }, index: 2 }, taskId);
  assert.deepEqual(finished, ['definition/node-2/task', 'definition/node-0/task']);
});

test('the sink of a container whose events have many lines says how the first of them is told', async () => {
  const streams: TaskLogStreams = {
    open: () => ({ stream: 'key' }),
    keyOf: async () => 'stored',
    finish: async () => {},
  };
  const limits = { rateBytesPerSecond: 1, maximumBytes: 1 };
  const options = { 'awslogs-multiline-pattern': '^INFO' };
  const many = nodeOf({ image: 'host', command: ['true'], logConfiguration: { logDriver: 'awslogs', options } });
  const logs = new TaskLogs({ streams, limits, specifications: new SpecificationCache({} as StoreReads) });
  const task = { scope, job, node: many, taskId };
  const stored = { stream: 'stored', ...limits, eventStart: '^INFO' };
  assert.deepEqual([...(await logs.sinks(task)).values()], [stored], 'of another server process');
  // Nothing else of it is used.
  logs.open({ onRollback: () => {} } as Partial<Transaction> as Transaction, task);
  assert.deepEqual([...(await logs.sinks(task)).values()], [{ ...stored, stream: 'key' }]);
});
