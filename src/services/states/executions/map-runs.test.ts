import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../asl/index.ts';
import type { MapRunRecord } from '../../../store/index.ts';
import type { TaskCall } from '../contract.ts';
import { stateMachineRecords } from '../records.ts';
import { type Bench, ended, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

const each = (more: object = {}, executionType = 'STANDARD') => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'label',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: executionType },
        StartAt: 'T',
        States: { T: { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob', End: true } },
      },
      End: true,
      ...more,
    },
  },
});

const doubling = (call: TaskCall) => ({ type: 'taskSucceeded', output: Number(call.arguments) * 2 }) as const;

async function onlyRun(bench: Bench, executionArn: string): Promise<MapRunRecord> {
  const [run, ...more] = await bench.store.reads.mapRuns({ scope, executionArn, limit: 10 });
  assert.ok(run && more.length === 0);
  return run;
}

async function children(bench: Bench, mapRunArn: string) {
  const found = await bench.store.reads.listExecutions({ scope, of: 'mapRun', arn: mapRunArn, limit: 100 });
  return found.map(({ state }) => state.status).sort();
}

async function start(bench: Bench, definition: object, input: Json): Promise<string> {
  const runnable = bench.catalog.add('m', definition);
  return (await bench.executions.start(scope, { runnable, input: JSON.stringify(input) })).executionArn;
}

for (const executionType of ['STANDARD', 'EXPRESS']) {
  test(`a distributed Map runs each item in a child execution, ${executionType}`, async () => {
    const bench = await openBench();
    bench.integrations.behaviour = doubling;
    const arn = await start(bench, each({ MaxConcurrency: 2 }, executionType), [1, 2, 3, 4, 5]);
    const end = await ended(bench, arn);
    assert.equal(end.output, '[2,4,6,8,10]');
    const run = await onlyRun(bench, arn);
    assert.equal(run.status, 'SUCCEEDED');
    assert.deepEqual(run.counts, {
      totalItems: 5,
      takenItems: 5,
      launched: 5,
      running: 0,
      items: { succeeded: 5, failed: 0, timedOut: 0, aborted: 0 },
      executions: { succeeded: 5, failed: 0, timedOut: 0, aborted: 0 },
      pendingRedrive: {
        items: { failed: 0, timedOut: 0, aborted: 0 },
        executions: { failed: 0, timedOut: 0, aborted: 0 },
      },
      notRedrivable: { items: 0, executions: 0 },
    });
    assert.deepEqual(await children(bench, run.arn), Array(5).fill('SUCCEEDED'));
    assert.match(bench.integrations.started[0]?.executionArn ?? '', /:m\/label:[0-9a-f-]{36}/);
    assert.deepEqual(bench.errors, []);
    assert.equal(bench.executions.runningCount, 0);
  });
}

test('after a crash children go on, and those that ended unheard are heard', async () => {
  const bench = await openBench();
  const arn = await start(bench, each(), [1, 2, 3]);
  await settle(bench);
  const [first] = bench.integrations.started;
  assert.ok(first && bench.integrations.started.length === 3);
  // The child's end is durable, and its parent has not taken the news.
  const { commit } = bench.store;
  bench.store.commit = (changes) => {
    const result = commit(changes);
    if (changes.some((change) => change.kind === 'execution.update' && change.state.status === 'SUCCEEDED')) {
      bench.executions.close();
    }
    return result;
  };
  bench.integrations.succeed(first, 'first');
  await settle(bench);
  bench.store.commit = commit;
  assert.equal((await onlyRun(bench, arn)).counts.executions.succeeded, 0);
  await bench.crash();
  await settle(bench);
  assert.equal((await onlyRun(bench, arn)).counts.executions.succeeded, 1);
  const again = bench.integrations.started.slice(3);
  assert.deepEqual(
    new Set(again.map(({ key }) => key)),
    new Set(bench.integrations.started.slice(1, 3).map(({ key }) => key)),
  );
  for (const call of again) bench.integrations.succeed(call, 'later');
  assert.equal((await ended(bench, arn)).output, '["first","later","later"]');
});

test('a Map that fails stops its other children, and a redrive runs those that did not succeed', async () => {
  const bench = await openBench();
  const arn = await start(bench, each(), [1, 2, 3]);
  await settle(bench);
  const calls = [...bench.integrations.started];
  const of = (item: number) => calls.find((call) => call.arguments === item) ?? assert.fail();
  bench.integrations.succeed(of(1), 'one');
  await settle(bench);
  bench.integrations.report(of(2), { type: 'taskFailed', error: 'E', cause: 'c' });
  const end = await ended(bench, arn);
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.ExceedToleratedFailureThreshold']);
  await settle(bench);
  const run = await onlyRun(bench, arn);
  assert.equal(run.status, 'FAILED');
  assert.deepEqual(run.counts.executions, { succeeded: 1, failed: 1, timedOut: 0, aborted: 1 });
  assert.deepEqual(await children(bench, run.arn), ['ABORTED', 'FAILED', 'SUCCEEDED']);
  assert.deepEqual(
    bench.integrations.cancelled.map(({ key }) => key),
    [of(3).key],
  );

  bench.clock.advance(1000);
  // The state machine that redrives is known to the ledger.
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  await bench.executions.redrive(scope, arn, 'token');
  await settle(bench);
  const rerun = bench.integrations.started.slice(3);
  assert.deepEqual(rerun.map((call) => call.arguments).sort(), [2, 3]);
  assert.equal(new Set(bench.integrations.started.map(({ key }) => key)).size, 5);
  await bench.crash();
  await settle(bench);
  for (const call of bench.integrations.started.slice(5)) bench.integrations.succeed(call, `again ${call.arguments}`);
  assert.equal((await ended(bench, arn)).output, '["one","again 2","again 3"]');
  const redriven = await onlyRun(bench, arn);
  assert.deepEqual([redriven.status, redriven.redriveCount], ['SUCCEEDED', 1]);
  assert.deepEqual(redriven.counts.executions, { succeeded: 3, failed: 0, timedOut: 0, aborted: 0 });
  assert.deepEqual(bench.errors, []);
});

test('a stopped execution stops the children of its Map', async () => {
  const bench = await openBench();
  const arn = await start(bench, each(), [1, 2]);
  await settle(bench);
  await bench.executions.stop(scope, arn, {});
  await settle(bench);
  const run = await onlyRun(bench, arn);
  assert.equal(run.status, 'ABORTED');
  assert.deepEqual(await children(bench, run.arn), ['ABORTED', 'ABORTED']);
  assert.equal(bench.executions.runningCount, 0);
});

test('a running map run can be given more concurrency', async () => {
  const bench = await openBench();
  const arn = await start(bench, each({ MaxConcurrency: 1 }), [1, 2, 3]);
  await settle(bench);
  assert.equal(bench.integrations.started.length, 1);
  assert.equal(await bench.executions.updateMapRun(await onlyRun(bench, arn), { maxConcurrency: 3 }), true);
  await settle(bench);
  assert.equal(bench.integrations.started.length, 3);
  assert.equal((await onlyRun(bench, arn)).maxConcurrency, 3);
});

test('a distributed Map within another has a map run of its own', async () => {
  const bench = await openBench();
  bench.integrations.behaviour = doubling;
  const inner = each({ Label: 'inner' }).States.Each;
  const outer = {
    Type: 'Map',
    Label: 'outer',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Inner',
      States: { Inner: inner },
    },
    End: true,
  };
  const arn = await start(bench, { StartAt: 'Outer', States: { Outer: outer } }, [[1, 2], [3]]);
  assert.equal((await ended(bench, arn)).output, '[[2,4],[6]]');
  const run = await onlyRun(bench, arn);
  const [child] = await bench.store.reads.listExecutions({ scope, of: 'mapRun', arn: run.arn, limit: 1 });
  const innerRun = await onlyRun(bench, child?.record.arn ?? '');
  assert.deepEqual(
    [innerRun.status, innerRun.counts.totalItems],
    ['SUCCEEDED', child?.record.parent?.index === 0 ? 2 : 1],
  );
  assert.deepEqual(bench.errors, []);
});

test('children whose Map was stopped just before a crash are stopped after it', async () => {
  const bench = await openBench();
  const arn = await start(bench, each(), [1, 2]);
  await settle(bench);
  // The parent's end is durable, and its children are not told.
  const { commit } = bench.store;
  bench.store.commit = (changes) => {
    const result = commit(changes);
    bench.executions.close();
    return result;
  };
  await assert.rejects(bench.executions.stop(scope, arn, {}));
  await settle(bench);
  bench.store.commit = commit;
  const { arn: runArn } = await onlyRun(bench, arn);
  assert.deepEqual(await children(bench, runArn), ['RUNNING', 'RUNNING']);
  await bench.crash();
  await settle(bench);
  assert.deepEqual(await children(bench, runArn), ['ABORTED', 'ABORTED']);
  assert.equal(bench.executions.runningCount, 0);
});

test('what a child of a Map commits does not grow with the input of the Map', async () => {
  const bench = await openBench();
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'P',
    States: { P: { Type: 'Pass', End: true } },
  };
  const states = { M: { Type: 'Map', ItemsPath: '$.items', ItemProcessor: processor, End: true } };
  const runnable = bench.catalog.add('m', { StartAt: 'M', States: states });
  let written = 0;
  const { commit } = bench.store;
  bench.store.commit = (changes) => {
    written += JSON.stringify(changes).length;
    return commit(changes);
  };
  const other = 'x'.repeat(100_000);
  const { executionArn } = await bench.executions.start(scope, {
    runnable,
    input: JSON.stringify({ items: Array.from({ length: 50 }, (_, at) => at), other }),
  });
  assert.equal((await ended(bench, executionArn)).status, 'SUCCEEDED');
  assert.ok(written < 10 * other.length, `${written} characters`);
});

test('the map run of an empty Map has the limits of its definition', async () => {
  const bench = await openBench();
  const arn = await start(bench, each({ MaxConcurrency: 7, ToleratedFailureCount: 2 }), []);
  assert.equal((await ended(bench, arn)).output, '[]');
  const { maxConcurrency, toleratedFailureCount, status } = await onlyRun(bench, arn);
  assert.deepEqual([maxConcurrency, toleratedFailureCount, status], [7, 2, 'SUCCEEDED']);
});
