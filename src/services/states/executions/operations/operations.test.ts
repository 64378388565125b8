import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateMachineRecords } from '../../records.ts';
import { type Bench, ended, scope, settle } from '../executions.fixture.ts';
import { code, machineArn, open, pass, task, taskState } from './operations.fixture.ts';

async function fail(bench: Bench, executionArn: string): Promise<void> {
  await settle(bench);
  const last = bench.integrations.started.at(-1) ?? assert.fail();
  bench.integrations.report(last, { type: 'taskFailed', error: 'E', cause: 'c' });
  await ended(bench, executionArn);
}

test('an execution is described while it runs and after its end', async () => {
  const { bench, call } = await open(task);
  const input = '{"a": 1}';
  const { executionArn, startDate } = await call('StartExecution', { stateMachineArn: machineArn, name: 'n', input });
  const running = await call('DescribeExecution', { executionArn: executionArn ?? '' });
  const common = {
    executionArn,
    stateMachineArn: machineArn,
    name: 'n',
    startDate,
    input,
    inputDetails: { included: true },
    redriveCount: 0,
  };
  const notYet = 'Execution is RUNNING and cannot be redriven';
  const reason = { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: notYet };
  assert.deepEqual(running, { ...common, status: 'RUNNING', ...reason });
  await fail(bench, executionArn ?? '');
  assert.deepEqual(await call('DescribeExecution', { executionArn: executionArn ?? '' }), {
    ...common,
    status: 'FAILED',
    stopDate: startDate,
    error: 'E',
    cause: 'c',
    redriveStatus: 'REDRIVABLE',
  });
  const { input: shown } = await call('DescribeExecution', {
    executionArn: executionArn ?? '',
    includedData: 'METADATA_ONLY',
  });
  assert.equal(shown, undefined);
});

test('what is not there, or not of this kind, is refused', async () => {
  const { call } = await open(task);
  const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:m:n';
  for (const name of [
    'DescribeExecution',
    'GetExecutionHistory',
    'StopExecution',
    'RedriveExecution',
    'ListMapRuns',
  ] as const) {
    await assert.rejects(call(name, { executionArn }), code('ExecutionDoesNotExist'), name);
    const express = executionArn.replace(':execution:', ':express:').concat(':id');
    await assert.rejects(call(name, { executionArn: express }), code('InvalidArn'), name);
  }
  const mapRunArn = 'arn:aws:states:us-east-1:123456789012:mapRun:m/label:run';
  await assert.rejects(call('DescribeMapRun', { mapRunArn }), code('ResourceNotFound'));
  await assert.rejects(call('SendTaskHeartbeat', { taskToken: 'x' }), code('InvalidToken'));
});

test('executions are listed newest first, in pages, by status', async () => {
  const { bench, call } = await open(task);
  const start = async (name: string) =>
    (await call('StartExecution', { stateMachineArn: machineArn, name })).executionArn;
  for (const name of ['a', 'b', 'c']) await start(name);
  const names = async (input: object) => {
    const { executions, nextToken } = await call('ListExecutions', { stateMachineArn: machineArn, ...input });
    return { names: executions?.map(({ name }) => name), nextToken };
  };
  const first = await names({ maxResults: 2 });
  assert.deepEqual(first.names, ['c', 'b']);
  assert.deepEqual(await names({ maxResults: 2, nextToken: first.nextToken }), { names: ['a'], nextToken: undefined });
  await call('StopExecution', { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:m:b' });
  await settle(bench);
  assert.deepEqual((await names({ statusFilter: 'ABORTED' })).names, ['b']);
  assert.deepEqual((await names({ statusFilter: 'RUNNING' })).names, ['c', 'a']);
  assert.deepEqual((await names({ redriveFilter: 'REDRIVEN' })).names, []);
  await assert.rejects(names({ statusFilter: 'PENDING_REDRIVE' }), code('ValidationException'));
  await assert.rejects(names({ nextToken: 'x' }), code('InvalidToken'));
  await assert.rejects(call('ListExecutions', {}), code('ValidationException'));
  await assert.rejects(names({ stateMachineArn: `${machineArn}x` }), code('StateMachineDoesNotExist'));
});

test('executions of Express state machines are neither listed nor described', async () => {
  const { call } = await open(pass, { kind: 'EXPRESS' });
  await assert.rejects(call('ListExecutions', { stateMachineArn: machineArn }), code('StateMachineTypeNotSupported'));
  const answer = await call('StartSyncExecution', { stateMachineArn: machineArn, name: 'n', input: '{"a": 1}' });
  assert.equal(answer.output, '{"a": 1}');
  assert.equal(answer.stateMachineArn, machineArn);
  assert.deepEqual(answer.inputDetails, { included: true });
  assert.deepEqual(answer.billingDetails, { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 });
});

test('a history is read in pages both ways, with data or without', async () => {
  const { bench, call } = await open(pass);
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await ended(bench, executionArn);
  const read = async (input: object) => {
    const ids: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('GetExecutionHistory', { executionArn, maxResults: 3, nextToken, ...input });
      ids.push(...(page.events ?? []).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return ids;
  };
  assert.deepEqual(await read({}), [1, 2, 3, 4]);
  assert.deepEqual(await read({ reverseOrder: true }), [4, 3, 2, 1]);
  const { events } = await call('GetExecutionHistory', { executionArn, includeExecutionData: false });
  assert.deepEqual(events?.[1], {
    timestamp: new Date(bench.clock.now()),
    type: 'PassStateEntered',
    id: 2,
    previousEventId: 0,
    stateEnteredEventDetails: { name: 'A' },
  });
});

test('a failed execution is redriven from the state that failed, once for each client token', async () => {
  const { bench, call } = await open({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'T' }, T: taskState },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await assert.rejects(
    call('RedriveExecution', { executionArn }),
    code('ExecutionNotRedrivable', 'Execution is RUNNING and cannot be redriven'),
  );
  await fail(bench, executionArn);
  bench.clock.advance(60_000);
  const [first, second] = await Promise.all([
    call('RedriveExecution', { executionArn, clientToken: 't' }),
    call('RedriveExecution', { executionArn, clientToken: 't' }),
  ]);
  assert.deepEqual(first, { redriveDate: new Date(bench.clock.now()) });
  assert.deepEqual(second, first);
  await bench.crash();
  await settle(bench);
  const described = await call('DescribeExecution', { executionArn });
  assert.deepEqual([described.status, described.redriveCount, described.stopDate], ['RUNNING', 1, undefined]);
  const last = bench.integrations.started.at(-1) ?? assert.fail();
  bench.integrations.succeed(last, 'ok');
  assert.equal((await ended(bench, executionArn)).output, '"ok"');
  const { events } = await call('GetExecutionHistory', { executionArn });
  assert.equal(events?.filter(({ type }) => type === 'ExecutionRedriven').length, 1);
  assert.equal(events?.filter(({ type }) => type === 'PassStateEntered').length, 1);
  await assert.rejects(
    call('RedriveExecution', { executionArn }),
    code('ExecutionNotRedrivable', 'Execution is SUCCEEDED and cannot be redriven'),
  );
});

test('an execution can be redriven for 14 days, while its state machine is there', async () => {
  const { bench, call } = await open(task);
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await fail(bench, executionArn);
  const reason = async () => (await call('DescribeExecution', { executionArn })).redriveStatusReason;
  bench.clock.advance(14 * 24 * 3_600_000);
  assert.equal(await reason(), undefined);
  bench.clock.advance(1);
  assert.equal(await reason(), 'Execution redrivable period exceeded');
  bench.ledger.transact((transaction) => transaction.delete(stateMachineRecords, scope, 'm'));
  assert.equal(await reason(), 'State machine is in DELETING status');
});

test('an execution that takes longer than its definition allows is timed out', async () => {
  const { bench, call } = await open({ ...task, TimeoutSeconds: 30 });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await settle(bench);
  bench.clock.advance(20_000);
  await bench.crash();
  await settle(bench);
  bench.clock.advance(10_000);
  await settle(bench);
  const described = await call('DescribeExecution', { executionArn });
  assert.deepEqual([described.status, described.redriveStatus], ['TIMED_OUT', 'REDRIVABLE']);
  assert.ok(!('error' in described) && !('cause' in described));
});

test('what a worker sends is shown as it was sent', async () => {
  const resource = 'arn:aws:states:::sns:publish.waitForTaskToken';
  const { bench, call } = await open({ StartAt: 'T', States: { T: { ...taskState, Resource: resource } } });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await settle(bench);
  const taskToken = bench.integrations.started[0]?.taskToken ?? '';
  const output = '{ "r": [1, 2] }';
  await call('SendTaskSuccess', { taskToken, output });
  await ended(bench, executionArn);
  assert.equal((await call('DescribeExecution', { executionArn })).output, output);
  const { events = [] } = await call('GetExecutionHistory', { executionArn });
  assert.equal(events.find(({ type }) => type === 'TaskSucceeded')?.taskSucceededEventDetails?.output, output);
});

test('a task of a token is answered, with an output that is JSON', async () => {
  const { bench, call } = await open({
    StartAt: 'T',
    States: { T: { ...taskState, Resource: 'arn:aws:states:::sns:publish.waitForTaskToken' } },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn });
  await settle(bench);
  const taskToken = bench.integrations.started[0]?.taskToken ?? '';
  await assert.rejects(call('SendTaskSuccess', { taskToken, output: '{' }), code('InvalidOutput'));
  await call('SendTaskHeartbeat', { taskToken });
  await call('SendTaskFailure', { taskToken, error: 'E', cause: 'c' });
  const end = await ended(bench, executionArn);
  assert.deepEqual([end.error, end.cause], ['E', 'c']);
  for (const output of ['1', '{']) {
    await assert.rejects(call('SendTaskSuccess', { taskToken, output }), code('TaskTimedOut'), 'the token comes first');
  }
  await assert.rejects(call('SendTaskSuccess', { taskToken: 'x', output: '{' }), code('InvalidToken'));
});

test('an input that is no JSON is refused in the words of the parser that AWS uses, an empty one in others', async () => {
  const { call } = await open(task);
  const refused = (input: string) =>
    call('StartExecution', { stateMachineArn: machineArn, input }).then(
      () => 'taken',
      ({ code: name, message }) => `${name}: ${message}`,
    );
  assert.equal(
    await refused('{"a" 1}'),
    "InvalidExecutionInput: Invalid State Machine Execution Input: 'com.fasterxml.jackson.core.JsonParseException: " +
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value\n" +
      ` at [Source: (String)"{"a" 1}"; line: 1, column: 7]'`,
  );
  for (const empty of ['', ' \n'])
    assert.equal(await refused(empty), 'InvalidExecutionInput: Invalid execution input.');
});
