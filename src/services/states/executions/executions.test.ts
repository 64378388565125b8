import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '../../../asl/index.ts';
import { CommitFailed, type ServiceError } from '../../../core/errors.ts';
import { activityRecords, stateMachineRecords } from '../records.ts';
import { ended, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

const pass = { StartAt: 'A', States: { A: { Type: 'Pass', Result: { done: true }, End: true } } };
const task = (more: object = {}) => ({
  StartAt: 'T',
  States: { T: { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', End: true, ...more } },
});
const callback = task({ Resource: 'arn:aws:states:::sns:publish.waitForTaskToken' });
const code = (expected: string) => (error: ServiceError) => error.code === expected;

test('an execution runs to its end, and its history and outcome are in the store', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', pass);
  const { executionArn } = await bench.executions.start(scope, { runnable, input: '{"a": 1}' });
  const end = await ended(bench, executionArn);
  assert.equal(end.status, 'SUCCEEDED');
  assert.equal(end.output, '{"done":true}');
  assert.equal(end.input, '{"a": 1}');
  const events = (await bench.store.reads.executionHistory({
    scope,
    arn: executionArn,
    backwards: false,
    limit: 10,
  })) as readonly HistoryEvent[];
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
  );
  assert.deepEqual(await bench.store.reads.frames(scope, executionArn), []);
  assert.equal(bench.executions.runningCount, 0);
  assert.deepEqual(bench.counts, ['started', 'succeeded']);
  assert.deepEqual(bench.errors, []);
});

test('a chain of 100 states takes few commits', async () => {
  const bench = await openBench();
  const states = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [
      `S${at}`,
      { Type: 'Pass', ...(at === 99 ? { End: true } : { Next: `S${at + 1}` }) },
    ]),
  );
  const runnable = bench.catalog.add('m', { StartAt: 'S0', States: states });
  let commits = 0;
  const { commit } = bench.store;
  bench.store.commit = (changes) => {
    commits += 1;
    return commit(changes);
  };
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await ended(bench, executionArn);
  assert.equal(commits, 2);
});

test('a name is taken by one execution: a repeat gets the same while that runs, anything else is refused', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  const start = (input: string) => bench.executions.start(scope, { runnable, name: 'n', input });
  const [first, second] = await Promise.all([start('{}'), start('{}')]);
  assert.deepEqual(second, first);
  bench.clock.advance(5);
  assert.deepEqual(await start('{}'), first);
  await assert.rejects(async () => start('{"other":1}'), code('ExecutionAlreadyExists'));
  await settle(bench);
  const [call] = bench.integrations.started;
  assert.ok(call && bench.integrations.started.length === 1);
  bench.integrations.succeed(call, 1);
  await ended(bench, first.executionArn);
  await assert.rejects(async () => start('{}'), code('ExecutionAlreadyExists'));
});

test('names and inputs that are none are refused', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', pass);
  const start = async (more: object) => bench.executions.start(scope, { runnable, ...more });
  await assert.rejects(start({ name: 'a b' }), code('InvalidName'));
  await assert.rejects(start({ input: '{' }), code('InvalidExecutionInput'));
  await assert.rejects(start({ input: JSON.stringify('x'.repeat(262_144)) }), code('InvalidExecutionInput'));
});

test('a task is started once its scheduling is durable, and its report ends the state', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  const next = bench.integrations.next('T');
  const { executionArn } = await bench.executions.start(scope, { runnable, input: '{"JobName":"j"}' });
  const call = await next;
  assert.equal(call.executionArn, executionArn);
  assert.deepEqual(call.arguments, { JobName: 'j' });
  const stored = await bench.store.reads.frames(scope, executionArn);
  assert.equal(JSON.stringify(stored).includes('"kind":"task"'), true);
  bench.integrations.report(call, { type: 'taskSubmitted', output: {} });
  bench.integrations.report(call, { type: 'taskFailed', error: 'E', cause: 'why' });
  const end = await ended(bench, executionArn);
  assert.deepEqual([end.status, end.error, end.cause], ['FAILED', 'E', 'why']);
});

test('after a crash a task is started again with the same key, and its timeout keeps its time', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task({ TimeoutSeconds: 60 }));
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  bench.clock.advance(40_000);
  await bench.crash();
  await settle(bench);
  const [before, after] = bench.integrations.started;
  assert.ok(before && after);
  assert.deepEqual(after, before);
  bench.clock.advance(19_999);
  await settle(bench);
  assert.equal((await bench.store.reads.execution(scope, executionArn))?.state.status, 'RUNNING');
  bench.clock.advance(1);
  const end = await ended(bench, executionArn);
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.Timeout']);
  assert.deepEqual(
    bench.integrations.cancelled.map(({ key }) => key),
    [after.key],
  );
});

test('a wait until a time follows the wall clock, a wait of seconds the monotonic one', async () => {
  const bench = await openBench();
  const until = new Date(bench.clock.now() + 3_600_000).toISOString();
  const wall = bench.catalog.add('wall', {
    StartAt: 'W',
    States: { W: { Type: 'Wait', Timestamp: until, End: true } },
  });
  const steady = bench.catalog.add('steady', {
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 3600, End: true } },
  });
  const first = await bench.executions.start(scope, { runnable: wall });
  const second = await bench.executions.start(scope, { runnable: steady });
  await settle(bench);
  bench.clock.jumpWall(3_600_000);
  assert.equal((await ended(bench, first.executionArn)).status, 'SUCCEEDED');
  assert.equal(bench.executions.runningCount, 1);
  bench.clock.advance(3_600_000);
  assert.equal((await ended(bench, second.executionArn)).status, 'SUCCEEDED');
  assert.equal(bench.clock.pending, 1);
});

test('a token answers its task, once; after a crash too; one that was never given is no token', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', callback);
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  await bench.crash();
  await settle(bench);
  const [before, after] = bench.integrations.started;
  const token = after?.taskToken;
  assert.ok(token !== undefined && before?.taskToken === token);
  await bench.executions.answer(token, { kind: 'heartbeat' });
  await bench.executions.answer(token, { kind: 'success', output: { ok: 1 } });
  await assert.rejects(bench.executions.answer(token, { kind: 'success', output: 2 }), code('TaskTimedOut'));
  await assert.rejects(bench.executions.answer('AAAA', { kind: 'heartbeat' }), code('InvalidToken'));
  assert.equal((await ended(bench, executionArn)).output, '{"ok":1}');
});

test('a heartbeat puts off the heartbeat timeout', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task({ Resource: callback.States.T.Resource, HeartbeatSeconds: 10 }));
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  const token = bench.integrations.started[0]?.taskToken ?? '';
  bench.clock.advance(9_000);
  await bench.executions.answer(token, { kind: 'heartbeat' });
  await settle(bench);
  bench.clock.advance(9_000);
  await settle(bench);
  assert.equal(bench.executions.runningCount, 1);
  bench.clock.advance(1_000);
  assert.equal((await ended(bench, executionArn)).error, 'States.HeartbeatTimeout');
  await assert.rejects(bench.executions.answer(token, { kind: 'heartbeat' }), code('TaskTimedOut'));
});

test('an activity gets a token of its own', async () => {
  const bench = await openBench();
  const resource = 'arn:aws:states:us-east-1:123456789012:activity:a';
  const activity = { ...scope, name: 'a', arn: resource, tags: {}, createdAt: 0 } as const;
  bench.ledger.transact((transaction) => transaction.put(activityRecords, activity));
  const runnable = bench.catalog.add('m', task({ Resource: resource }));
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  const token = bench.integrations.started[0]?.taskToken ?? '';
  await bench.executions.answer(token, { kind: 'failure', error: 'E', cause: 'c' });
  assert.deepEqual((await ended(bench, executionArn)).error, 'E');
});

test('a task of an activity that is not there is neither scheduled nor started', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task({ Resource: 'arn:aws:states:us-east-1:123456789012:activity:a' }));
  const { executionArn } = await bench.executions.start(scope, { runnable });
  const { error, cause } = await ended(bench, executionArn);
  assert.deepEqual([error, cause], ['States.Runtime', 'The activity ARN does not exist.']);
  assert.equal(bench.integrations.started.length, 0);
});

test('an input keeps the text that it was sent as, over a crash too', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', { ...task({ ResultPath: null }) });
  const { executionArn } = await bench.executions.start(scope, { runnable, input: '{"a": 1}' });
  await settle(bench);
  await bench.crash();
  await settle(bench);
  const last = bench.integrations.started.at(-1) ?? assert.fail();
  assert.equal(last.argumentsText, '{"a": 1}');
  bench.integrations.report(last, { type: 'taskSucceeded', output: 1 });
  assert.equal((await ended(bench, executionArn)).output, '{"a": 1}');
});

test('what a task began as the role of its Credentials is stopped as that role, over a crash too', async () => {
  const bench = await openBench();
  const roles: string[] = [];
  bench.integrations.noteCancel = (_transaction, { roleArn }) => {
    roles.push(roleArn);
  };
  const state = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', End: true };
  const Credentials = { 'RoleArn.$': '$.role' };
  const runnable = bench.catalog.add('m', { StartAt: 'T', States: { T: { ...state, Credentials } } });
  const role = 'arn:aws:iam::123456789012:role/other';
  const { executionArn } = await bench.executions.start(scope, { runnable, input: JSON.stringify({ role }) });
  await settle(bench);
  assert.deepEqual(bench.integrations.started[0]?.credentials, { RoleArn: role });
  await bench.crash();
  await settle(bench);
  await bench.executions.stop(scope, executionArn, {});
  assert.deepEqual(roles, [role]);
});

test('stopping cancels what runs; stopping again answers the same', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  bench.clock.advance(1000);
  const stopped = await bench.executions.stop(scope, executionArn, { error: 'E', cause: 'c' });
  assert.equal(stopped.getTime(), bench.clock.now());
  const end = await ended(bench, executionArn);
  assert.deepEqual([end.status, end.error, end.cause], ['ABORTED', 'E', 'c']);
  assert.equal(bench.integrations.cancelled.length, 1);
  bench.clock.advance(1000);
  assert.deepEqual(await bench.executions.stop(scope, executionArn, {}), stopped);
  await assert.rejects(bench.executions.stop(scope, `${executionArn}x`, {}), code('ExecutionDoesNotExist'));
});

test('deleting a state machine stops its executions and waits for them', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  const other = bench.catalog.add('other', task());
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await bench.executions.start(scope, { runnable: other });
  await bench.executions.onMachineDeleted(scope, runnable.revision.stateMachineArn);
  assert.equal((await bench.store.reads.execution(scope, executionArn))?.state.status, 'ABORTED');
  assert.equal(bench.executions.runningCount, 1);
  assert.equal(await bench.executions.refersTo(runnable.revision.name), true);
  assert.equal(await bench.executions.refersTo('unknown'), false);
});

test('the sweeper forgets an execution 90 days after its end, and its name is free', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', pass);
  const start = () => bench.executions.start(scope, { runnable, name: 'n' });
  const { executionArn } = await start();
  await ended(bench, executionArn);
  bench.clock.advance(90 * 24 * 3_600_000);
  await settle(bench);
  await assert.rejects(async () => start(), code('ExecutionAlreadyExists'));
  bench.clock.advance(3_600_000);
  await settle(bench);
  assert.equal(await bench.executions.refersTo(runnable.revision.name), false);
  assert.equal((await start()).executionArn, executionArn);
});

test('a logged state machine tells its history as it becomes durable', async () => {
  const told: string[] = [];
  const bench = await openBench({
    historySink: { append: (_revision, _execution, events) => told.push(...events.map(({ type }) => type)) },
  });
  const silent = bench.catalog.add('silent', pass);
  const logged = bench.catalog.add('logged', pass, { loggingConfiguration: { level: 'ALL' } });
  await ended(bench, (await bench.executions.start(scope, { runnable: silent })).executionArn);
  assert.deepEqual(told, []);
  await ended(bench, (await bench.executions.start(scope, { runnable: logged })).executionArn);
  assert.deepEqual(told, ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']);
});

test('what is logged of an execution says how often it had been redriven', async () => {
  const logged = new Set<number | undefined>();
  const bench = await openBench({ historySink: { append: (_revision, { redriveCount }) => logged.add(redriveCount) } });
  const fail = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } };
  const runnable = bench.catalog.add('m', fail, { loggingConfiguration: { level: 'ALL' } });
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await ended(bench, executionArn);
  assert.deepEqual([...logged], [0]);
  await bench.executions.redrive(scope, executionArn);
  await ended(bench, executionArn);
  assert.deepEqual([...logged], [0, 1]);
});

test('while memory is given up, whoever waits is told', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  const stopping = bench.executions.stop(scope, executionArn, {});
  bench.executions.pause();
  await assert.rejects(stopping, /memory is rebuilt/);
  await bench.crash();
  assert.equal(bench.executions.runningCount, 1);
});

test('when a commit fails, whoever waits for it is told, and after the rebuild all is as it was before', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', callback);
  const { executionArn } = await bench.executions.start(scope, { runnable });
  await settle(bench);
  const token = bench.integrations.started[0]?.taskToken ?? '';
  const { commit } = bench.store;
  bench.store.commit = async () => Promise.reject(new CommitFailed('failed', 'as told'));
  const answering = bench.executions.answer(token, { kind: 'success', output: 'lost' });
  await settle(bench);
  bench.store.commit = commit;
  assert.equal(bench.errors.length, 1);
  bench.executions.pause();
  await assert.rejects(answering, CommitFailed);
  await bench.executions.open(await bench.store.load());
  await bench.executions.answer(token, { kind: 'success', output: 'kept' });
  assert.equal((await ended(bench, executionArn)).output, '"kept"');
});

test('an execution whose step breaks fails by itself, and others go on', async () => {
  const bench = await openBench();
  const broken = bench.catalog.add('broken', { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 9, End: true } } });
  const sound = bench.catalog.add('sound', { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 9, End: true } } });
  const first = await bench.executions.start(scope, { runnable: broken });
  const second = await bench.executions.start(scope, { runnable: sound });
  await settle(bench);
  (bench.catalog.compile(broken.revision).states as Map<string, unknown>).clear();
  bench.clock.advance(9_000);
  const end = await ended(bench, first.executionArn);
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.Runtime']);
  assert.equal((await ended(bench, second.executionArn)).status, 'SUCCEEDED');
  assert.equal(bench.errors.length, 1);
});

test('a task that cannot even be handed over fails', async () => {
  const bench = await openBench();
  const runnable = bench.catalog.add('m', task());
  bench.integrations.behaviour = () => {
    throw new Error('as told');
  };
  const { executionArn } = await bench.executions.start(scope, { runnable });
  assert.equal((await ended(bench, executionArn)).error, 'States.Runtime');
  assert.equal(bench.errors.length, 1);
});
