import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../../asl/index.ts';
import { stateMachineRecords } from '../records.ts';
import { type Bench, ended, machineRecord, openBench, scope, settle } from './executions.fixture.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob', End: true };
const flow = { StartAt: 'T', States: { T: task } };

function mapOf(mode: 'INLINE' | 'STANDARD' | 'EXPRESS', more: object = {}) {
  const config = mode === 'INLINE' ? { Mode: mode } : { Mode: 'DISTRIBUTED', ExecutionType: mode };
  const Each = { Type: 'Map', ItemProcessor: { ProcessorConfig: config, ...flow }, End: true, ...more };
  return { StartAt: 'Each', States: { Each } };
}

async function start(bench: Bench, definition: object, input: Json): Promise<string> {
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, machineRecord));
  const runnable = bench.catalog.add('m', definition);
  const { executionArn } = await bench.executions.start(scope, { runnable, input: JSON.stringify(input) });
  await settle(bench);
  return executionArn;
}

for (const mode of ['STANDARD', 'EXPRESS'] as const) {
  test(`a redriven Map runs no more at once than MaxConcurrency, over a crash too, ${mode}`, async () => {
    const bench = await openBench();
    bench.integrations.behaviour = () => ({ type: 'taskFailed', error: 'E' });
    const tolerant = mapOf(mode, { MaxConcurrency: 2, ToleratedFailureCount: 4 });
    const arn = await start(bench, tolerant, [0, 1, 2, 3, 4, 5, 6]);
    assert.equal((await ended(bench, arn)).error, 'States.ExceedToleratedFailureThreshold');
    await settle(bench);
    assert.ok(bench.integrations.started.length >= 5);
    bench.integrations.behaviour = undefined;
    await bench.executions.redrive(scope, arn);
    const order: Json[] = [];
    const { started } = bench.integrations;
    for (let since = started.length; order.length < 7; ) {
      await settle(bench);
      if (order.length === 3) {
        // What ran is begun again; Express children even from their start.
        since = started.length;
        await bench.crash();
        await settle(bench);
      }
      const live = started.slice(since).filter((call) => !order.includes(call.arguments));
      assert.equal(live.length, Math.min(2, 7 - order.length));
      const call = live[0] ?? assert.fail();
      order.push(call.arguments);
      bench.integrations.succeed(call, call.arguments);
    }
    assert.deepEqual(order.toSorted(), [0, 1, 2, 3, 4, 5, 6]);
    assert.equal((await ended(bench, arn)).output, '[0,1,2,3,4,5,6]');
    assert.deepEqual(bench.errors, []);
    assert.equal(bench.executions.runningCount, 0);
  });
}

test('a redriven Map that fails again stops, runs none of those that waited, and is redriven again', async () => {
  for (const mode of ['INLINE', 'STANDARD', 'EXPRESS'] as const) {
    const bench = await openBench();
    const arn = await start(bench, mapOf(mode, { MaxConcurrency: 1 }), [0, 1, 2]);
    const fail = async () => {
      bench.integrations.report(bench.integrations.started.at(-1) ?? assert.fail(), { type: 'taskFailed', error: 'E' });
      assert.equal((await ended(bench, arn)).status, 'FAILED');
      await settle(bench);
    };
    await fail();
    await bench.executions.redrive(scope, arn);
    await settle(bench);
    await fail();
    assert.equal(bench.integrations.started.length, 2, mode);
    await bench.executions.redrive(scope, arn);
    await settle(bench);
    bench.integrations.behaviour = (call) => ({ type: 'taskSucceeded', output: call.arguments });
    bench.integrations.succeed(bench.integrations.started.at(-1) ?? assert.fail(), 0);
    assert.equal((await ended(bench, arn)).output, '[0,1,2]', mode);
    assert.deepEqual(bench.errors, []);
  }
});

test('a branch that fails at once keeps a redrive from running the others of its state', async () => {
  const bad = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } };
  const states = { P: { Type: 'Parallel', Branches: [bad, flow], End: true } };
  const bench = await openBench();
  const arn = await start(bench, { StartAt: 'P', States: states }, 0);
  assert.equal((await ended(bench, arn)).error, 'E');
  const before = bench.integrations.started.length;
  await bench.executions.redrive(scope, arn);
  assert.equal((await ended(bench, arn)).error, 'E');
  await settle(bench);
  assert.equal(bench.integrations.started.length, before);
  const events = await bench.store.reads.executionHistory({ scope, arn, backwards: true, limit: 1 });
  assert.equal((events[0] as unknown as { type: string }).type, 'ExecutionFailed');
});

test('however many items fail and whatever the limit, each is run once more and none beside more than may', async () => {
  const plans = fc.record({
    mode: fc.constantFrom('INLINE', 'STANDARD', 'EXPRESS'),
    most: fc.integer({ min: 1, max: 4 }),
    fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(plans, async ({ mode, most, fails }) => {
      const bench = await openBench();
      let isMended = false;
      let running = 0;
      let highest = 0;
      bench.integrations.behaviour = (call) => {
        running += 1;
        highest = Math.max(highest, running);
        setImmediate(() => {
          running -= 1;
          const bad = !isMended && fails[Number(call.arguments)];
          bench.integrations.report(
            call,
            bad ? { type: 'taskFailed', error: 'E' } : { type: 'taskSucceeded', output: call.arguments },
          );
        });
        return undefined;
      };
      const input = fails.map((_, at) => at);
      const ToleratedFailureCount = Math.max(0, fails.filter(Boolean).length - 1);
      const arn = await start(bench, mapOf(mode, { MaxConcurrency: most, ToleratedFailureCount }), input);
      const first = await ended(bench, arn);
      await settle(bench);
      if (fails.some(Boolean)) {
        assert.equal(first.status, 'FAILED');
        isMended = true;
        await bench.executions.redrive(scope, arn);
      }
      assert.equal((await ended(bench, arn)).output, JSON.stringify(input));
      assert.ok(highest <= most, `${highest} at once`);
      assert.deepEqual(bench.errors, []);
    }),
    { numRuns: 60 },
  );
});

test('a distributed Map that failed over its data has a new map run when it is redriven', async () => {
  const bench = await openBench();
  const selector = { ItemSelector: { 'it.$': '$$.Map.Item.Value.it' } };
  const arn = await start(bench, mapOf('STANDARD', selector), [{ it: 1 }, { no: 2 }]);
  assert.equal((await ended(bench, arn)).error, 'States.Runtime');
  await settle(bench);
  await bench.executions.redrive(scope, arn);
  assert.equal((await ended(bench, arn)).error, 'States.Runtime');
  const runs = await bench.store.reads.mapRuns({ scope, executionArn: arn, limit: 10 });
  assert.deepEqual(
    runs.map(({ status, redriveCount }) => [status, redriveCount]),
    [
      ['FAILED', 0],
      ['FAILED', 0],
    ],
  );
});

test('Express children that did not succeed start anew when their map run is redriven, under their ARN', async () => {
  const bench = await openBench();
  const arn = await start(bench, mapOf('EXPRESS', { Label: 'l', ToleratedFailureCount: 1 }), [0, 1, 2]);
  const [good, ...bad] = bench.integrations.started;
  assert.ok(good && bad.length === 2);
  bench.integrations.succeed(good, 'good');
  await settle(bench);
  for (const call of bad) bench.integrations.report(call, { type: 'taskFailed', error: 'E' });
  assert.equal((await ended(bench, arn)).status, 'FAILED');
  await settle(bench);
  const [run] = await bench.store.reads.mapRuns({ scope, executionArn: arn, limit: 1 });
  const list = () => bench.store.reads.listExecutions({ scope, of: 'mapRun', arn: run?.arn ?? '', limit: 10 });
  const before = await list();
  bench.clock.advance(5000);
  await bench.executions.redrive(scope, arn);
  await settle(bench);
  const after = await list();
  assert.deepEqual(after.map(({ record }) => record.arn).sort(), before.map(({ record }) => record.arn).sort());
  assert.deepEqual(
    after.map(({ state, record }) => [
      state.status,
      state.redriveCount,
      record.startedAt - (before[0]?.record.startedAt ?? 0),
    ]),
    [
      ['RUNNING', 0, 5000],
      ['RUNNING', 0, 5000],
      ['SUCCEEDED', 0, 0],
    ],
  );
  const again = bench.integrations.started.slice(3);
  assert.equal(new Set(bench.integrations.started.map(({ key }) => key)).size, 5, 'new tries');
  for (const call of again) bench.integrations.succeed(call, call.arguments);
  assert.equal((await ended(bench, arn)).output, '["good",1,2]');
});
