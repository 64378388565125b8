import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { performEvaluation } from '../../src/asl/evaluate/index.ts';
import {
  type Effect,
  type Frame,
  limits,
  type Machine,
  type MapFrame,
  outstanding,
  outstandingOfExecution,
  parseDefinition,
} from '../../src/asl/index.ts';
import { job, machine } from './case.ts';
import { Host, type HostOptions, type Run, type TaskScript } from './host.ts';
import { definitions, inputs, moody } from './random-executions.ts';

function compiled(definition: object): Machine {
  const { machine: made, diagnostics } = parseDefinition(JSON.stringify(definition));
  assert.ok(made, JSON.stringify(diagnostics));
  return made;
}

function run(definition: object, input: number[], options: HostOptions = {}): Promise<Run> {
  return new Host(compiled(definition), input, options).run();
}

test('An execution whose records go through JSON at every step has the same history and end', async () => {
  await fc.assert(
    fc.asyncProperty(definitions(), inputs, fc.nat(30), async (definition, input, seed) => {
      const tasks = moody(seed);
      const kept = await run(definition, input, { tasks });
      const reread = await run(definition, input, { tasks, forgetful: true });
      assert.deepEqual(reread.history, kept.history);
      assert.deepEqual(reread.outcome, kept.outcome);
      assert.ok(kept.outcome, 'it ends');
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('What an execution at rest waits for can be asked for again, just as it was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(definitions(), inputs, fc.nat(30), async (definition, input, seed) => {
      const made = compiled(definition);
      const asked = new Set<string>();
      const checks: Promise<void>[] = [];
      const options: HostOptions = {
        tasks: moody(seed),
        onStep: (step, execution) => {
          for (const effect of step.effects) asked.add(keyOf(effect));
          const frames = new Map([...execution.frames()].map((frame) => [frame.id, frame]));
          const view = { info: execution.info, header: execution.header, frame: (id: string) => frames.get(id) };
          checks.push(compareOutstanding(made, view, [...frames.values()], new Set(asked)));
        },
      };
      await new Host(made, input, options).run();
      await Promise.all(checks);
    }),
    { numRuns: 60, seed: 2 },
  );
});

async function compareOutstanding(
  made: Machine,
  view: Parameters<typeof outstanding>[1],
  frames: readonly Frame[],
  asked: ReadonlySet<string>,
): Promise<void> {
  const effects = [...outstandingOfExecution(view)];
  for (const frame of frames)
    effects.push(...(await outstanding(made, view, frame, (each) => performEvaluation(each))));
  for (const effect of effects) assert.ok(asked.has(keyOf(effect)), keyOf(effect));
  const waiting = frames.filter((frame) => frame.kind === 'flow' && frame.phase.kind === 'task').length;
  const running = view.header?.status === 'RUNNING';
  assert.equal(effects.filter(({ kind }) => kind === 'startTask').length, running ? waiting : 0);
}

function keyOf(effect: Effect): string {
  if (effect.kind === 'startTask') return `startTask ${JSON.stringify([effect.task, effect.arguments])}`;
  return effect.kind === 'setTimer' ? `setTimer ${JSON.stringify([effect.timer, effect.at])}` : effect.kind;
}

test('The counts of a Map are exact after every step, whatever fails', async () => {
  const definition = machine({
    M: {
      Type: 'Map',
      MaxConcurrency: 3,
      ToleratedFailureCount: 4,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...machine({ T: { Type: 'Task', Resource: job, End: true } }),
      },
      End: true,
    },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (good) => {
      const fails = (start: { arguments: unknown }) => !good[Number(start.arguments)];
      const tasks = {
        T: [
          (start: { arguments: unknown }) =>
            fails(start) ? { error: 'E', after: 1 } : { output: start.arguments as number, after: 2 },
        ],
      };
      const options: HostOptions = { tasks, onStep: (_step, execution) => checkCounts([...execution.frames()]) };
      const { outcome } = await run(
        definition,
        good.map((_, i) => i),
        options,
      );
      const failed = good.filter((each) => !each).length;
      assert.equal(outcome?.status, failed > 4 ? 'FAILED' : 'SUCCEEDED');
      if (outcome?.status === 'SUCCEEDED')
        assert.deepEqual(
          outcome.output,
          good.flatMap((each, i) => (each ? [i] : [])),
        );
    }),
    { numRuns: 100, seed: 3 },
  );
});

function checkCounts(frames: readonly Frame[]): void {
  for (const map of frames.filter((frame): frame is MapFrame => frame.kind === 'map')) {
    const below = frames.filter((frame) => frame.id.startsWith(`${map.id}/`));
    const results = below.filter((frame) => frame.kind === 'result');
    assert.equal(map.active, below.filter((frame) => frame.kind === 'child').length);
    assert.equal(map.succeeded, results.filter((frame) => !frame.failure).length);
    assert.equal(map.failed, results.filter((frame) => frame.failure).length);
    assert.equal(map.launched, map.active + results.length);
    assert.ok(map.active <= 3);
  }
}

test('A Map of 10,000 items runs in bounded steps, and each iteration writes a bounded number of records', async () => {
  const definition = machine({
    M: { Type: 'Map', ItemProcessor: machine({ I: { Type: 'Pass', End: true } }), End: true },
  });
  const input = Array.from({ length: 10_000 }, (_, i) => i);
  let most = 0;
  const onStep: HostOptions['onStep'] = (step) => {
    most = Math.max(most, step.changes.puts.length);
  };
  const { outcome } = await run(definition, input, { onStep, info: { type: 'EXPRESS' } });
  assert.deepEqual(outcome, { status: 'SUCCEEDED', output: input });
  assert.ok(most <= 520, `a step wrote ${most} records`);
});

test('A failure in a Map of many running iterations stops them all, in bounded steps', async () => {
  const definition = machine({
    M: {
      Type: 'Map',
      MaxConcurrency: 2000,
      ItemProcessor: machine({ T: { Type: 'Task', Resource: job, End: true } }),
      End: true,
    },
  });
  const input = Array.from({ length: 1500 }, (_, i) => i);
  const tasks = {
    T: [
      (start: { arguments: unknown }): TaskScript =>
        start.arguments === 700 ? { error: 'E', after: 9 } : { never: true },
    ],
  };
  const { outcome, effects } = await run(definition, input, { tasks });
  assert.equal(outcome?.status, 'FAILED');
  assert.equal(effects.filter(({ kind }) => kind === 'cancelTask').length, 1499);
});

test('The history of a Standard execution ends at 25,000 events with its failure', async () => {
  const definition = machine({
    A: { Type: 'Pass', Next: 'B' },
    B: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'S' }], Default: 'A' },
    S: { Type: 'Succeed' },
  });
  const { outcome, history } = await run(definition, []);
  assert.equal(history.length, limits.historyEvents);
  assert.equal(history.at(-1)?.type, 'ExecutionFailed');
  assert.equal(outcome?.status, 'FAILED');
});
