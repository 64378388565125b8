import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performEvaluation } from '../../../asl/evaluate/index.ts';
import type { Evaluation, EvaluationResult } from '../../../asl/index.ts';
import type { Asker } from '../../../evaluation/index.ts';
import { ended, openBench, scope, settle } from './executions.fixture.ts';

/** Evaluations that are answered when the test says so. */
class HeldEvaluations {
  readonly asked: { readonly evaluation: Evaluation; readonly by: Asker; readonly answer: () => Promise<void> }[] = [];
  held = false;

  evaluate(evaluation: Evaluation, by: Asker): Promise<EvaluationResult> {
    if (!this.held) return performEvaluation(evaluation);
    const { promise, resolve } = Promise.withResolvers<EvaluationResult>();
    this.asked.push({ evaluation, by, answer: async () => resolve(await performEvaluation(evaluation)) });
    return promise;
  }
}

const resource = 'arn:aws:states:::batch:submitJob.sync';
const task = (output: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'T',
  States: { T: { Type: 'Task', Resource: resource, Arguments: { JobName: output }, End: true } },
});

test('executions that wait for an evaluation hold up no other', async () => {
  const evaluations = new HeldEvaluations();
  evaluations.held = true;
  const bench = await openBench({ evaluations });
  const runnable = bench.catalog.add('long', task("{% $uppercase('a') %}"));
  const long = await Promise.all(
    Array.from({ length: 20 }, () => Promise.resolve(bench.executions.start(scope, { runnable }))),
  );
  const pass = bench.catalog.add('pass', { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const { executionArn } = await bench.executions.start(scope, { runnable: pass });
  assert.equal((await ended(bench, executionArn)).status, 'SUCCEEDED');
  assert.deepEqual([evaluations.asked.length, bench.integrations.started.length], [20, 0]);
  assert.ok(evaluations.asked.every(({ by }) => by.lane === 'arn:aws:states:us-east-1:123456789012:stateMachine:long'));
  for (const { answer } of evaluations.asked) await answer();
  await settle(bench);
  assert.equal(bench.integrations.started.length, long.length);
  assert.deepEqual(bench.errors, []);
});

test('after a restart the arguments of tasks are evaluated with more patience, and the start does not wait for them', async () => {
  const evaluations = new HeldEvaluations();
  const bench = await openBench({ evaluations });
  const runnable = bench.catalog.add('m', task("{% $uppercase('a') & $string($random()) %}"));
  await bench.executions.start(scope, { runnable });
  const call = await bench.integrations.next('T');
  evaluations.held = true;
  await bench.crash();
  const [asked] = evaluations.asked;
  assert.ok(asked);
  assert.equal(asked.by.patience, 10);
  const again = bench.integrations.next('T');
  await asked.answer();
  const second = await again;
  assert.deepEqual([second.arguments, second.key], [call.arguments, call.key], 'the same call again');
  assert.deepEqual(bench.errors, []);
});
