import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { performEvaluation } from '../evaluate/index.ts';
import {
  type Changes,
  type EventBody,
  type ExecutionInfo,
  type Json,
  type Machine,
  MemoryExecution,
  parseDefinition,
  type Step,
  type StepOptions,
  step,
} from '../index.ts';

const job = 'arn:aws:states:::batch:submitJob.sync';
const info: ExecutionInfo = {
  id: 'arn:aws:states:us-west-2:123456789012:execution:m:e',
  name: 'e',
  roleArn: 'arn:aws:iam::123456789012:role/r',
  stateMachineId: 'arn:aws:states:us-west-2:123456789012:stateMachine:m',
  stateMachineName: 'm',
  region: 'us-west-2',
  input: [1, 2],
};

function machineOf(states: Record<string, object>, top: object = {}): Machine {
  const text = JSON.stringify({ StartAt: Object.keys(states)[0], ...top, States: states });
  const { machine, diagnostics } = parseDefinition(text, { objectStore: true });
  assert.ok(machine, JSON.stringify(diagnostics));
  return machine;
}

const evaluator = (evaluation: Evaluation) => performEvaluation(evaluation);

/** One execution that is told its events by hand. */
class Driven {
  readonly execution: MemoryExecution;
  readonly machine: Machine;
  #events = 0;

  constructor(states: Record<string, object>, more: Partial<ExecutionInfo> = {}, top: object = {}) {
    this.machine = machineOf(states, top);
    this.execution = new MemoryExecution({ ...info, ...more });
  }

  async tell(event: EventBody, options: Partial<StepOptions> = {}): Promise<Step> {
    const stamp = { at: this.#events * 1000, seed: `s${this.#events++}` };
    const result = await step(this.machine, this.execution, { ...event, ...stamp }, { evaluator, ...options });
    this.execution.apply(result.changes);
    return result;
  }

  async start(): Promise<Step> {
    return this.tell({ type: 'start' });
  }
}

const types = (result: Step) => result.history.map(({ type }) => type);
const ended = (result: Step) => result.effects.find(({ kind }) => kind === 'executionEnded');
const nothing = (changes: Changes) => changes.puts.length === 0 && changes.deletes.length === 0;
const waitForTask = { T: { Type: 'Task', Resource: job, Retry: [{ ErrorEquals: ['E'] }], End: true } };
const task = { frame: '0', entry: 1, attempt: 0 };

test('An answer that comes twice, or for an earlier try, changes nothing', async () => {
  const run = new Driven(waitForTask);
  await run.start();
  await run.tell({ type: 'taskFailed', task, error: 'E' });
  const late = await run.tell({ type: 'taskSucceeded', task, output: 1 });
  assert.equal(late.applied, false);
  assert.ok(nothing(late.changes));
  await run.tell({ type: 'timer', timer: { ...task, attempt: 1, purpose: 'retry' }, due: 2000 });
  const done = await run.tell({ type: 'taskSucceeded', task: { ...task, attempt: 1 }, output: 'good' });
  assert.deepEqual(ended(done), { kind: 'executionEnded', outcome: { status: 'SUCCEEDED', output: 'good' } });
  assert.equal((await run.tell({ type: 'taskSucceeded', task: { ...task, attempt: 1 }, output: 1 })).applied, false);
});

test('The same event on the same records gives the same step', async () => {
  const states = {
    P: { Type: 'Pass', Parameters: { 'id.$': 'States.UUID()', 'n.$': 'States.MathRandom(0, 1000000)' }, End: true },
  };
  const [one, other] = await Promise.all([new Driven(states).start(), new Driven(states).start()]);
  assert.deepEqual(one, other);
});

test('A second start, and events before the first, are not expected', async () => {
  const run = new Driven(waitForTask);
  await assert.rejects(run.tell({ type: 'stop' }), { name: 'UnexpectedEvent' });
  await run.start();
  await assert.rejects(run.start(), { name: 'UnexpectedEvent' });
  await assert.rejects(run.tell({ type: 'redrive' }), { name: 'UnexpectedEvent' });
});

test('A step changes the header and the frame it is about, not the other iterations', async () => {
  const run = new Driven(
    { M: { Type: 'Map', ItemProcessor: { StartAt: 'T', States: waitForTask }, End: true } },
    { input: Array.from({ length: 30 }, (_, i) => i) },
  );
  const { effects } = await run.start();
  const start = effects.find((effect) => effect.kind === 'startTask' && effect.arguments === 17);
  assert.ok(start?.kind === 'startTask');
  const { changes } = await run.tell({ type: 'taskSucceeded', task: start.task, output: 1 });
  assert.deepEqual(changes.puts.map(({ id }) => id).sort(), ['0/1.0', start.task.frame]);
});

test('A redrive runs the failed branch again with a new try, and keeps the result of the other', async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Task', Resource: job, End: true } } });
  const run = new Driven({ P: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true } });
  await run.start();
  await run.tell({ type: 'taskSucceeded', task: { frame: '0/1.0/0', entry: 2, attempt: 0 }, output: 'a' });
  const failed = await run.tell({ type: 'taskFailed', task: { frame: '0/1.0/1', entry: 3, attempt: 0 }, error: 'E' });
  assert.deepEqual(ended(failed), { kind: 'executionEnded', outcome: { status: 'FAILED', error: 'E' } });
  const again = await run.tell({ type: 'redrive' });
  assert.deepEqual(types(again), ['ExecutionRedriven', 'TaskScheduled']);
  const starts = again.effects.filter((effect) => effect.kind === 'startTask');
  assert.deepEqual(
    starts.map((effect) => effect.kind === 'startTask' && effect.task),
    [{ frame: '0/1.0/1', entry: 3, attempt: 1 }],
  );
  const done = await run.tell({ type: 'taskSucceeded', task: { frame: '0/1.0/1', entry: 3, attempt: 1 }, output: 'b' });
  assert.deepEqual(ended(done), { kind: 'executionEnded', outcome: { status: 'SUCCEEDED', output: ['a', 'b'] } });
});

test('A redrive of a stopped Map runs what was stopped, and launches what had not begun', async () => {
  const run = new Driven({
    M: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: { StartAt: 'T', States: waitForTask }, End: true },
  });
  await run.start();
  await run.tell({ type: 'stop' });
  const again = await run.tell({ type: 'redrive' });
  assert.deepEqual(types(again), ['ExecutionRedriven', 'TaskScheduled']);
  const next = await run.tell({ type: 'taskSucceeded', task: { frame: '0/1.0/0', entry: 2, attempt: 1 }, output: 'x' });
  assert.ok(types(next).includes('MapIterationStarted'));
  const done = await run.tell({ type: 'taskSucceeded', task: { frame: '0/1.0/1', entry: 3, attempt: 0 }, output: 'y' });
  assert.deepEqual(ended(done), { kind: 'executionEnded', outcome: { status: 'SUCCEEDED', output: ['x', 'y'] } });
});

test('A redrive of a distributed Map starts the failed children again', async () => {
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'S',
    States: { S: { Type: 'Succeed' } },
  };
  const run = new Driven({ M: { Type: 'Map', ItemProcessor: processor, End: true } });
  await run.start();
  await run.tell({ type: 'childSucceeded', frame: '0/1.0/0', output: 'x' });
  await run.tell({ type: 'childFailed', frame: '0/1.0/1', error: 'E' });
  assert.equal(run.execution.header?.status, 'FAILED');
  const again = await run.tell({ type: 'redrive' });
  assert.deepEqual(types(again), ['ExecutionRedriven', 'MapRunRedriven']);
  assert.deepEqual(
    again.effects.map((effect) => effect.kind === 'startChild' && [effect.frame, effect.input]),
    [['0/1.0/1', 2]],
  );
  const done = await run.tell({ type: 'childSucceeded', frame: '0/1.0/1', output: 'y' });
  assert.deepEqual(ended(done), { kind: 'executionEnded', outcome: { status: 'SUCCEEDED', output: ['x', 'y'] } });
});

test('A redrive sets the execution timeout anew, and the old timer does nothing', async () => {
  const run = new Driven(waitForTask, {}, { TimeoutSeconds: 50 });
  const { effects } = await run.start();
  const timer = effects.find((effect) => effect.kind === 'setTimer');
  await run.tell({ type: 'stop' });
  const again = await run.tell({ type: 'redrive' });
  const renewed = again.effects.find((effect) => effect.kind === 'setTimer');
  assert.ok(timer?.kind === 'setTimer' && renewed?.kind === 'setTimer' && renewed.at > timer.at);
  assert.equal((await run.tell({ type: 'timer', timer: timer.timer, due: timer.at })).applied, false);
  const late = await run.tell({ type: 'timer', timer: renewed.timer, due: renewed.at });
  assert.equal(run.execution.header?.status, 'TIMED_OUT');
  assert.deepEqual(types(late), ['TaskStateAborted', 'ExecutionTimedOut']);
});

test('A map run that is updated to tolerate less fails at once', async () => {
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'S',
    States: { S: { Type: 'Succeed' } },
  };
  const run = new Driven({ M: { Type: 'Map', ToleratedFailureCount: 5, ItemProcessor: processor, End: true } });
  await run.start();
  await run.tell({ type: 'childFailed', frame: '0/1.0/0', error: 'E' });
  const result = await run.tell({ type: 'updateMap', frame: '0/1.0', change: { toleratedFailureCount: 0 } });
  assert.ok(result.effects.some((effect) => effect.kind === 'stopChild' && effect.frame === '0/1.0/1'));
  assert.equal(run.execution.header?.error, 'States.ExceedToleratedFailureThreshold');
});

test('With an object store, items are read and results are written by the host', async () => {
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'S',
    States: { S: { Type: 'Succeed' } },
  };
  const store = {
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: 'b', 'Key.$': '$.key' },
    },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'out' } },
  };
  const run = new Driven(
    { M: { Type: 'Map', ...store, ItemProcessor: processor, End: true } },
    { input: { key: 'k' } },
  );
  const { effects } = await run.start();
  const read = {
    kind: 'readItems',
    frame: '0/1.0',
    resource: 'arn:aws:states:::s3:getObject',
    parameters: { Bucket: 'b', Key: 'k' },
    configuration: { InputType: 'JSON' },
  };
  assert.deepEqual(effects.at(-1), read);
  const started = await run.tell({ type: 'itemsRead', frame: '0/1.0', items: ['x'] });
  assert.ok(started.effects.some((effect) => effect.kind === 'startChild' && effect.input === 'x'));
  const written = await run.tell({ type: 'childSucceeded', frame: '0/1.0/0', output: 1 });
  assert.deepEqual(
    written.effects.map(({ kind }) => kind),
    ['writeResults'],
  );
  const output: Json = { MapRunArn: 'a', ResultWriterDetails: { Bucket: 'out', Key: 'm.json' } };
  const done = await run.tell({ type: 'resultsWritten', frame: '0/1.0', output });
  assert.deepEqual(ended(done), { kind: 'executionEnded', outcome: { status: 'SUCCEEDED', output } });
});

test('Items that cannot be read fail the state with States.ItemReaderFailed', async () => {
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'S',
    States: { S: { Type: 'Succeed' } },
  };
  const run = new Driven({
    M: { Type: 'Map', ItemReader: { Resource: 'arn:aws:states:::s3:getObject' }, ItemProcessor: processor, End: true },
  });
  await run.start();
  await run.tell({ type: 'objectStoreFailed', frame: '0/1.0', cause: 'no such key' });
  assert.equal(run.execution.header?.error, 'States.ItemReaderFailed');
});

test('After every few transitions others may go first', async () => {
  let pauses = 0;
  const states = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [
      `P${at}`,
      { Type: 'Pass', ...(at < 19 ? { Next: `P${at + 1}` } : { End: true }) },
    ]),
  );
  await new Driven(states).tell({ type: 'start' }, { pause: async () => void pauses++ });
  assert.equal(pauses, 4);
});
