import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './check.ts';
import { firstRunCalls, firstRunParts, firstRunPlans, firstRunStart, nextPart } from './first-run.ts';

test('on EC2 the pages begin whole: somebody who changes nothing gets a job that says hello', () => {
  const plans = firstRunPlans('ec2');
  const start = firstRunStart('ec2');
  for (const part of firstRunParts) {
    for (const step of plans[part].steps) assert.deepEqual(problemsOf(step, start[part]), [], part);
  }
});

test('no page asks for what the one before has said, and Fargate is asked where it runs', () => {
  const { steps } = firstRunPlans('fargate').environment;
  const missing = steps.flatMap((step) => problemsOf(step, firstRunStart('fargate').environment));
  assert.deepEqual(
    missing.map(({ path }) => path),
    ['computeResources.subnets', 'computeResources.securityGroupIds'],
  );
  const calls = firstRunCalls(firstRunStart('ec2'));
  assert.deepEqual(calls.queue.input.computeEnvironmentOrder, [{ order: 1, computeEnvironment: 'first-environment' }]);
  assert.deepEqual(calls.job.input, {
    jobName: 'first-job',
    jobQueue: 'first-queue',
    jobDefinition: 'first-definition',
  });
});

test('what was made, or was there, is not made again', () => {
  const states = { environment: 'exists', queue: 'made', definition: 'failed', job: 'waiting' } as const;
  assert.equal(nextPart(states), 'definition');
  assert.equal(nextPart({ ...states, definition: 'made', job: 'made' }), undefined);
});
