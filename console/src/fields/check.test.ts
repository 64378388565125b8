import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './check.ts';
import { createEnvironmentPlan, newEnvironments } from './compute-environment.ts';
import { type FormPlan, fieldsOf } from './field.ts';
import { createJobQueuePlan } from './job-queue.ts';
import { type Input, withValue } from './path.ts';
import { submitJobPlan } from './submit-job.ts';

/** What is wrong with the first page. */
function wrong(plan: FormPlan, input: Input): readonly (readonly [string, string])[] {
  const [step = { title: '', fields: [] }] = plan.steps;
  return problemsOf(step, input, { queues: ['taken'] }).map(({ path, message }) => [path, message]);
}

const job = { jobName: 'a', jobQueue: 'q', jobDefinition: 'd' };

test('what is needed and what lies out of its bounds is told, each at its place', () => {
  const plan = submitJobPlan('container');
  assert.deepEqual(wrong(plan, job), []);
  assert.deepEqual(wrong(plan, { ...job, jobName: '' }), [['jobName', 'problem.required']]);
  assert.deepEqual(wrong(plan, { ...job, arrayProperties: { size: 1 } }), [['arrayProperties.size', 'problem.min']]);
  assert.deepEqual(wrong(plan, { ...job, arrayProperties: { size: 'ten' } }), [
    ['arrayProperties.size', 'problem.number'],
  ]);
});

test('a row that was added is filled or removed', () => {
  const plan = submitJobPlan('container');
  assert.deepEqual(wrong(plan, { ...job, dependsOn: [{}] }), [['dependsOn[0]', 'problem.one-of']]);
  assert.deepEqual(wrong(plan, { ...job, tags: { '': '' } }), [['tags', 'problem.key']]);
  const retry = { retryStrategy: { evaluateOnExit: [{ onExitCode: 'x' }] } };
  assert.deepEqual(wrong(plan, { ...job, ...retry }), [
    ['retryStrategy.attempts', 'problem.required'],
    ['retryStrategy.evaluateOnExit[0].onExitCode', 'problem.pattern'],
    ['retryStrategy.evaluateOnExit[0].action', 'problem.required'],
  ]);
});

test('a name that is taken is told while it is typed', () => {
  const order = [{ order: 1, computeEnvironment: 'e' }];
  const queue = { jobQueueName: 'taken', priority: 1, computeEnvironmentOrder: order };
  assert.deepEqual(wrong(createJobQueuePlan, queue), [['jobQueueName', 'problem.taken']]);
});

test('of Spot more is asked than of what is bought on demand', () => {
  const { steps } = createEnvironmentPlan('ec2');
  const spot = withValue(newEnvironments.ec2, 'computeResources.type', 'SPOT');
  const bestFit = withValue(spot, 'computeResources.allocationStrategy', 'BEST_FIT');
  const [, instances = { title: '', fields: [] }] = steps;
  assert.deepEqual(problemsOf(instances, spot), []);
  const bid = (input: Input) => problemsOf(instances, withValue(input, 'computeResources.bidPercentage', 101));
  assert.deepEqual([bid(spot).length, bid(newEnvironments.ec2).length], [1, 0]);
  assert.deepEqual(
    problemsOf(instances, bestFit).map(({ path }) => path),
    ['computeResources.spotIamFleetRole'],
  );
});

test('no page of a wizard asks for the same twice', () => {
  for (const { operation, steps } of [submitJobPlan('container'), createEnvironmentPlan('ec2'), createJobQueuePlan]) {
    const paths = steps.flatMap(fieldsOf).map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length, operation);
  }
});
