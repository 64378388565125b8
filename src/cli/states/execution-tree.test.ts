import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { performEvaluation } from '../../asl/evaluate/index.ts';
import {
  type Effect,
  type Evaluation,
  type EventBody,
  MemoryExecution,
  parseDefinition,
  step,
} from '../../asl/index.ts';
import type { Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { ExecutionTree } from './execution-tree.ts';
import { treeLines } from './tree-lines.ts';

const arn = 'arn:aws:states:us-east-1:123456789012:execution:m:e';

/** Runs a definition with the language library; `answers` gives what each task comes to, in the order of their start. */
async function linesOf(definition: object, answers: readonly EventBody['type'][] = []): Promise<string[]> {
  const { machine, diagnostics } = parseDefinition(JSON.stringify(definition));
  assert.ok(machine, JSON.stringify(diagnostics));
  const execution = new MemoryExecution({
    id: arn,
    name: 'e',
    roleArn: 'arn:aws:iam::123456789012:role/r',
    stateMachineId: arn,
    stateMachineName: 'm',
    region: 'us-east-1',
    input: {},
  });
  const tree = new ExecutionTree();
  const events: EventBody[] = [{ type: 'start' }];
  const left = [...answers];
  for (let event = events.shift(); event; event = events.shift()) {
    const done = await step(machine, execution, { at: 1_000, seed: 'seed', ...event }, { evaluator });
    execution.apply(done.changes);
    // As the API gives it: seconds.
    for (const it of done.history) tree.add({ ...it, timestamp: it.timestamp / 1_000 } as unknown as HistoryEvent);
    for (const effect of done.effects) events.push(...answerTo(effect, left));
  }
  const plain = { stdout: {}, stderr: {}, environment: { NO_COLOR: '1' } } as unknown as Invocation;
  return treeLines(tree, new Printer(plain), 1_000);
}

const evaluator = async (evaluation: Evaluation) => performEvaluation(evaluation);

function answerTo(effect: Effect, left: EventBody['type'][]): EventBody[] {
  if (effect.kind === 'setTimer' && effect.timer.purpose === 'retry') {
    return [{ type: 'timer', timer: effect.timer, due: effect.at }];
  }
  if (effect.kind !== 'startTask') return [];
  const { task } = effect;
  const type = left.shift();
  if (type === 'taskFailed') return [{ type, task, error: 'Broken', cause: 'it\nfell' }];
  if (type !== 'taskSucceeded') return [];
  return [
    { type: 'taskSubmitted', task, output: { JobId: 'j-1' } },
    { type, task, output: {} },
  ];
}

const pass = (rest: object = { End: true }) => ({ Type: 'Pass', ...rest });
const submit = (rest: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::batch:submitJob.sync',
  Parameters: { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' },
  ...rest,
});

test('states stand one below the other with their marks and durations', async () => {
  const definition = { StartAt: 'A', States: { A: pass({ Next: 'B' }), B: pass() } };
  assert.deepEqual(await linesOf(definition), ['✓ A  0.0s', '✓ B  0.0s']);
});

test('a task shows its tries, its job and the state that caught its error', async () => {
  const retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
  const caught = submit({ Retry: retry, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }], Next: 'After' });
  const definition = { StartAt: 'Job', States: { Job: caught, After: pass() } };
  assert.deepEqual(await linesOf(definition, ['taskFailed', 'taskSucceeded']), [
    '✓ Job  0.0s, try 2, job j-1',
    '✓ After  0.0s',
  ]);
  assert.deepEqual(await linesOf(definition, ['taskFailed', 'taskFailed']), [
    '✗ Job  0.0s, try 2  Broken: it fell',
    '✓ After  0.0s',
  ]);
});

test('a failure nobody catches fails its state, and a running one is shown as running', async () => {
  const definition = { StartAt: 'Job', States: { Job: submit() } };
  assert.deepEqual(await linesOf(definition, ['taskFailed']), ['✗ Job  0.0s  Broken: it fell']);
  assert.deepEqual(await linesOf(definition), ['● Job  0.0s']);
});

test('branches are nested, and what ran beside a failed one was aborted', async () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
  const definition = {
    StartAt: 'Both',
    States: {
      Both: { Type: 'Parallel', Branches: [branch('X', submit()), branch('Y', submit())], Next: 'End' },
      End: pass(),
    },
  };
  assert.deepEqual(await linesOf(definition, ['taskSucceeded', 'taskSucceeded']), [
    '✓ Both  0.0s',
    '  branch 0',
    '    ✓ X  0.0s, job j-1',
    '  branch 1',
    '    ✓ Y  0.0s, job j-1',
    '✓ End  0.0s',
  ]);
  const failed = await linesOf(definition, ['taskFailed']);
  assert.deepEqual(failed.slice(0, 3), [
    '✗ Both  0.0s  Broken: it fell',
    '  branch 0',
    '    ✗ X  0.0s  Broken: it fell',
  ]);
  assert.match(failed[4] ?? '', /■ Y/);
});

test('a Map counts its iterations, and of many shows only those that are of interest', async () => {
  const map = (items: number) => ({
    StartAt: 'All',
    States: {
      All: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        Items: Array.from({ length: items }, (_, index) => index),
        ItemProcessor: { StartAt: 'One', States: { One: pass() } },
        End: true,
      },
    },
  });
  assert.deepEqual(await linesOf(map(2)), [
    '✓ All  0.0s, 2 of 2',
    '  [0]',
    '    ✓ One  0.0s',
    '  [1]',
    '    ✓ One  0.0s',
  ]);
  assert.deepEqual(await linesOf(map(20)), ['✓ All  0.0s, 20 of 20', '  … 20 more']);
});

test('a Parallel state that is tried again shows the branches of both tries, and its success', async () => {
  const retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
  const branches = [{ StartAt: 'X', States: { X: submit() } }];
  const definition = {
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches: branches, Retry: retry, End: true } },
  };
  assert.deepEqual(await linesOf(definition, ['taskFailed', 'taskSucceeded']), [
    '✓ Both  0.0s, try 2',
    '  branch 0',
    '    ✗ X  0.0s  Broken: it fell',
    '  branch 1',
    '    ✓ X  0.0s, job j-1',
  ]);
});

test('an evaluation that fails is shown at its state, whatever it follows', async () => {
  const wrong = { QueryLanguage: 'JSONata', Output: '{% $nope %}' };
  const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }], Next: 'After' };
  const branches = [{ StartAt: 'X', States: { X: pass({ ...wrong, End: true }) } }];
  const states = { First: pass({ Next: 'P' }), P: { Type: 'Parallel', Branches: branches, ...caught }, After: pass() };
  const lines = await linesOf({ StartAt: 'First', States: states });
  const shown = ['✓ First', '✗ P  0.0s  States.QueryEvaluationError', '  branch 0', '    ✗ X', '✓ After'];
  assert.equal(lines.length, shown.length);
  for (const [i, line] of shown.entries()) assert.equal(lines[i]?.startsWith(line), true, lines[i] ?? 'no line');
  const job = { ...wrong, Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', ...caught };
  const [first, after] = await linesOf({ StartAt: 'Job', States: { Job: job, After: pass() } }, ['taskSucceeded']);
  assert.match(first ?? '', /^✗ Job .*States\.QueryEvaluationError/);
  assert.match(after ?? '', /^✓ After/);
});

test('items that are none are shown at their Map, and that it was caught', async () => {
  const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }], Next: 'After' };
  const processor = { StartAt: 'I', States: { I: pass() } };
  const map = { Type: 'Map', QueryLanguage: 'JSONata', Items: '{% 1 %}', ItemProcessor: processor, ...caught };
  const [first, after] = await linesOf({ StartAt: 'All', States: { All: map, After: pass() } });
  assert.match(first ?? '', /^✗ All .*States\.QueryEvaluationError/);
  assert.match(after ?? '', /^✓ After/);
});
