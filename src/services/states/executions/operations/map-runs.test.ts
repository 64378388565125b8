import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, ended, scope, settle } from '../executions.fixture.ts';
import { code, machineArn, open, requests, task } from './operations.fixture.ts';

test('a map run is described, listed and updated, and its children are listed by it', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'label',
        MaxConcurrency: 1,
        ItemBatcher: { MaxItemsPerBatch: 2 },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...task },
        End: true,
      },
    },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input: '[1,2,3]' });
  await settle(bench);
  const { mapRuns = [] } = await call('ListMapRuns', { executionArn });
  const { mapRunArn = '' } = mapRuns[0] ?? {};
  assert.match(mapRunArn, /:mapRun:m\/label:[0-9a-f-]{36}$/);
  const before = await call('DescribeMapRun', { mapRunArn });
  assert.deepEqual([before.status, before.maxConcurrency], ['RUNNING', 1]);
  assert.deepEqual([before.itemCounts?.total, before.itemCounts?.running, before.itemCounts?.pending], [3, 2, 1]);
  await call('UpdateMapRun', { mapRunArn, maxConcurrency: 5, toleratedFailureCount: 2 });
  await settle(bench);
  const calls = [...bench.integrations.started];
  assert.equal(calls.length, 2);
  const [pair, single] = calls;
  assert.ok(pair && single);
  bench.integrations.report(pair, { type: 'taskFailed', error: 'E' });
  bench.integrations.succeed(single, 1);
  assert.equal((await ended(bench, executionArn)).output, '[1]');
  const after = await call('DescribeMapRun', { mapRunArn });
  assert.deepEqual([after.status, after.toleratedFailureCount], ['SUCCEEDED', 2]);
  const { itemCounts, executionCounts } = after;
  assert.deepEqual([itemCounts?.succeeded, itemCounts?.failed, itemCounts?.pending, itemCounts?.running], [1, 2, 0, 0]);
  assert.deepEqual([executionCounts?.succeeded, executionCounts?.failed, executionCounts?.total], [1, 1, 2]);
  const { executions = [] } = await call('ListExecutions', { mapRunArn, statusFilter: 'FAILED' });
  assert.deepEqual(
    executions.map(({ itemCount, stateMachineArn }) => [itemCount, stateMachineArn]),
    [[2, `${machineArn}/label`]],
  );
  const childArn = executions[0]?.executionArn ?? '';
  const child = await call('DescribeExecution', { executionArn: childArn });
  assert.deepEqual([child.mapRunArn, child.redriveStatus], [mapRunArn, 'REDRIVABLE_BY_MAP_RUN']);
  await assert.rejects(call('RedriveExecution', { executionArn: childArn }), code('ExecutionNotRedrivable'));
  await assert.rejects(call('UpdateMapRun', { mapRunArn, maxConcurrency: 1 }), code('ValidationException'));
  const machine = await call('DescribeStateMachineForExecution', { executionArn: childArn });
  assert.deepEqual([machine.label, machine.mapRunArn, machine.name], ['label', mapRunArn, 'm']);
});

test('Express children of a map run are listed and described, and have no history', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'label',
        ToleratedFailureCount: 1,
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, ...requests },
        End: true,
      },
    },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input: '[1,2,3]' });
  await settle(bench);
  const { mapRuns = [] } = await call('ListMapRuns', { executionArn });
  const { mapRunArn = '' } = mapRuns[0] ?? {};
  const listed = async (statusFilter: 'RUNNING' | 'SUCCEEDED' | 'FAILED') =>
    (await call('ListExecutions', { mapRunArn, statusFilter })).executions ?? [];
  assert.equal((await listed('RUNNING')).length, 3);
  // They run again from their start after a crash, under the same ARNs.
  const arns = (await listed('RUNNING')).map((child) => child.executionArn);
  const before = bench.integrations.started.length;
  await bench.crash();
  await settle(bench);
  const [bad, ...good] = bench.integrations.started.slice(before);
  assert.ok(bad && good.length === 2);
  assert.deepEqual(
    (await listed('RUNNING')).map((child) => child.executionArn),
    arns,
  );
  bench.integrations.report(bad, { type: 'taskFailed', error: 'E', cause: 'c' });
  for (const each of good) bench.integrations.succeed(each, { got: each.arguments });
  await ended(bench, executionArn);
  assert.equal((await listed('SUCCEEDED')).length, 2);
  const [failed] = await listed('FAILED');
  const childArn = failed?.executionArn ?? '';
  assert.match(childArn, /^arn:aws:states:us-east-1:123456789012:express:m\/label:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
  assert.deepEqual([failed?.itemCount, failed?.mapRunArn, failed?.redriveCount], [1, mapRunArn, 0]);
  const described = await call('DescribeExecution', { executionArn: childArn });
  assert.deepEqual(
    [described.status, described.error, described.cause, described.redriveStatus, described.mapRunArn, described.input],
    ['FAILED', 'E', 'c', 'REDRIVABLE_BY_MAP_RUN', mapRunArn, JSON.stringify(bad.arguments)],
  );
  const succeeded = await call('DescribeExecution', {
    executionArn: (await listed('SUCCEEDED'))[0]?.executionArn ?? '',
  });
  assert.deepEqual(
    [succeeded.redriveStatus, succeeded.redriveStatusReason],
    ['NOT_REDRIVABLE', 'Execution is SUCCEEDED and cannot be redriven'],
  );
  assert.ok(succeeded.output?.startsWith('{"got":'));
  const machine = await call('DescribeStateMachineForExecution', { executionArn: childArn });
  assert.deepEqual([machine.mapRunArn, machine.label], [mapRunArn, 'label']);
  for (const name of ['GetExecutionHistory', 'StopExecution', 'RedriveExecution', 'ListMapRuns'] as const) {
    const words = "Invalid Arn: 'Resource type not valid in this context: express'";
    await assert.rejects(call(name, { executionArn: childArn }), code('InvalidArn', words), name);
  }
  bench.clock.advance(90 * 24 * 3_600_000);
  await settle(bench);
  bench.clock.advance(3_600_000);
  await settle(bench);
  await assert.rejects(call('DescribeExecution', { executionArn: childArn }), code('ExecutionDoesNotExist'));
});

test('children that wait to be redriven are PENDING_REDRIVE, and counted so, until their turn or the end of the map run', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 1,
        ToleratedFailureCount: 2,
        ItemBatcher: { MaxItemsPerBatch: 2 },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...requests },
        End: true,
      },
    },
  });
  const input = '[0,1,2,3,4,5,6,7]';
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input });
  const last = () => bench.integrations.started.at(-1) ?? assert.fail();
  for (const [error, count] of [[undefined, 1] as const, ['E', 2] as const, ['E', 3] as const]) {
    await settle(bench);
    assert.equal(bench.integrations.started.length, count);
    if (error) bench.integrations.report(last(), { type: 'taskFailed', error });
    else bench.integrations.succeed(last(), 1);
  }
  await ended(bench, executionArn);
  const { mapRuns = [] } = await call('ListMapRuns', { executionArn });
  const { mapRunArn = '' } = mapRuns[0] ?? {};
  const list = async (more: object = {}) => {
    const { executions = [], nextToken } = await call('ListExecutions', { mapRunArn, ...more });
    return { statuses: executions.map(({ status }) => status), executions, nextToken };
  };
  const counts = async () => {
    const { itemCounts: items, executionCounts: runs } = await call('DescribeMapRun', { mapRunArn });
    const shown = (of: typeof items) => [
      ...[of?.pending, of?.running, of?.succeeded, of?.failed, of?.aborted],
      ...[of?.pendingRedrive, of?.total],
    ];
    return [shown(items), shown(runs)];
  };
  assert.deepEqual(await counts(), [
    [2, 0, 2, 4, 0, 0, 8],
    [0, 0, 1, 2, 0, 0, 3],
  ]);
  await call('RedriveExecution', { executionArn });
  await settle(bench);
  const pending = [
    [2, 2, 2, 0, 0, 2, 8],
    [0, 1, 1, 0, 0, 1, 3],
  ];
  assert.deepEqual(await counts(), pending);
  assert.deepEqual((await list()).statuses.toSorted(), ['PENDING_REDRIVE', 'RUNNING', 'SUCCEEDED']);
  await bench.crash();
  await settle(bench);
  assert.deepEqual(await counts(), pending);
  assert.deepEqual((await list({ statusFilter: 'FAILED' })).statuses, []);
  const waiting = await list({ statusFilter: 'PENDING_REDRIVE', maxResults: 1 });
  assert.deepEqual([waiting.statuses, waiting.nextToken], [['PENDING_REDRIVE'], undefined]);
  const child = await call('DescribeExecution', { executionArn: waiting.executions[0]?.executionArn ?? '' });
  assert.deepEqual(
    [child.status, child.redriveStatus, child.redriveStatusReason],
    ['PENDING_REDRIVE', 'NOT_REDRIVABLE', 'Execution is PENDING_REDRIVE and cannot be redriven'],
  );
  // The map run ends before its turn: it is what it was.
  await call('StopExecution', { executionArn });
  await settle(bench);
  assert.deepEqual(await counts(), [
    [2, 0, 2, 2, 2, 0, 8],
    [0, 0, 1, 1, 1, 0, 3],
  ]);
  assert.deepEqual((await list()).statuses.toSorted(), ['ABORTED', 'FAILED', 'SUCCEEDED']);
  await call('RedriveExecution', { executionArn });
  bench.integrations.behaviour = () => ({ type: 'taskSucceeded', output: 1 });
  await settle(bench);
  bench.integrations.succeed(last(), 1);
  assert.equal((await ended(bench, executionArn)).status, 'SUCCEEDED');
  assert.deepEqual(await counts(), [
    [0, 0, 8, 0, 0, 0, 8],
    [0, 0, 4, 0, 0, 0, 4],
  ]);
});

test('a child that can be redriven no more keeps its failure, which counts as not redrivable', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...requests },
        ToleratedFailureCount: 5,
        End: true,
      },
    },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input: '[0,1]' });
  await settle(bench);
  const [early, late] = bench.integrations.started;
  assert.ok(early && late);
  bench.integrations.report(early, { type: 'taskFailed', error: 'Early', cause: 'c' });
  await settle(bench);
  // The child ended 14 days before its execution is redriven.
  bench.clock.advance(10 * 24 * 3_600_000);
  await call('StopExecution', { executionArn });
  await settle(bench);
  bench.clock.advance(5 * 24 * 3_600_000);
  await call('RedriveExecution', { executionArn });
  await settle(bench);
  const { mapRuns = [] } = await call('ListMapRuns', { executionArn });
  const { mapRunArn = '' } = mapRuns[0] ?? {};
  const { executionCounts: counts, itemCounts: items } = await call('DescribeMapRun', { mapRunArn });
  assert.deepEqual(
    [counts?.failed, counts?.failuresNotRedrivable, counts?.running, counts?.pendingRedrive],
    [1, 1, 1, 0],
  );
  assert.equal(items?.failuresNotRedrivable, 1);
  assert.deepEqual(
    bench.integrations.started.slice(2).map((each) => each.arguments),
    [late.arguments],
  );
});

/** Leaves of the counts of the execution's map run those that were always kept, and starts anew with them. */
async function lessen(bench: Bench, executionArn: string): Promise<string> {
  const [run] = await bench.store.reads.mapRuns({ scope, executionArn, limit: 1 });
  assert.ok(run);
  const { pendingRedrive: _pending, notRedrivable: _final, ...counts } = run.counts;
  await bench.store.commit([{ kind: 'mapRun.put', record: { ...run, counts } }]);
  await bench.crash();
  await settle(bench);
  return run.arn;
}

test('a map run that was kept without counts of what is redriven has noughts, and goes on', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...requests },
        End: true,
      },
    },
  });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input: '[0,1]' });
  await settle(bench);
  const mapRunArn = await lessen(bench, executionArn);
  const shown = async () => {
    const { executionCounts: runs, itemCounts: items } = await call('DescribeMapRun', { mapRunArn });
    const of = (counts: typeof runs) => [
      ...[counts?.running, counts?.succeeded, counts?.failed, counts?.aborted],
      ...[counts?.pendingRedrive, counts?.failuresNotRedrivable],
    ];
    return [of(runs), of(items)];
  };
  assert.deepEqual(await shown(), Array(2).fill([2, 0, 0, 0, 0, 0]));
  const [first] = bench.integrations.started;
  assert.ok(first);
  bench.integrations.report(first, { type: 'taskFailed', error: 'E' });
  assert.equal((await ended(bench, executionArn)).status, 'FAILED');
  assert.deepEqual(await shown(), Array(2).fill([0, 0, 1, 1, 0, 0]));
  await lessen(bench, executionArn);
  assert.deepEqual(await shown(), Array(2).fill([0, 0, 1, 1, 0, 0]));
  bench.integrations.behaviour = () => ({ type: 'taskSucceeded', output: 1 });
  await call('RedriveExecution', { executionArn });
  assert.equal((await ended(bench, executionArn)).status, 'SUCCEEDED');
  assert.deepEqual(await shown(), Array(2).fill([0, 2, 0, 0, 0, 0]));
});

test('a child that waits to be redriven uncounted is launched, and leaves no count below nought', async () => {
  const { bench, call } = await open({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 1,
        ToleratedFailureCount: 1,
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...requests },
        End: true,
      },
    },
  });
  bench.integrations.behaviour = () => ({ type: 'taskFailed', error: 'E' });
  const { executionArn = '' } = await call('StartExecution', { stateMachineArn: machineArn, input: '[0,1]' });
  assert.equal((await ended(bench, executionArn)).status, 'FAILED');
  bench.integrations.behaviour = () => undefined;
  await call('RedriveExecution', { executionArn });
  await settle(bench);
  const mapRunArn = await lessen(bench, executionArn);
  bench.integrations.succeed(bench.integrations.started.at(-1) ?? assert.fail(), 1);
  await settle(bench);
  const { executionCounts: runs, itemCounts: items } = await call('DescribeMapRun', { mapRunArn });
  assert.deepEqual([runs?.running, runs?.pendingRedrive], [1, 0]);
  assert.deepEqual([items?.running, items?.pendingRedrive], [1, 0]);
});
