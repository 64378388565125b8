import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnvironmentPlan, newEnvironments } from './compute-environment.ts';
import { createJobQueuePlan } from './job-queue.ts';
import { refusedField } from './refused-field.ts';
import { definitionPlan, newDefinitions } from './register-job-definition.ts';
import { submitJobPlan } from './submit-job.ts';

test('a refusal is shown at the field that it names', () => {
  const submit = submitJobPlan('container');
  const said = (message: string) => refusedField(submit, {}, message);
  assert.deepEqual(said('Array size must be between 2 and 10000, got 1.'), { step: 0, path: 'arrayProperties.size' });
  assert.deepEqual(said('RetryAttempts must be between 1 and 10.'), { step: 0, path: 'retryStrategy.attempts' });
  assert.deepEqual(said('Memory must be at least 4 Mib, got 3 Mib.'), {
    step: 1,
    path: 'containerOverrides.resourceRequirements[type=MEMORY].value',
  });
  assert.equal(said('Something else is the matter.'), undefined);
});

test('the longest naming counts, and fields that are not asked for do not', () => {
  const fields = { plan: createEnvironmentPlan('ec2'), input: newEnvironments.ec2 };
  const said = (message: string) => refusedField(fields.plan, fields.input, message)?.path;
  assert.equal(said('maxvCpus should be greater than or equal to minvCpus.'), 'computeResources.minvCpus');
  assert.equal(said('Instance role is required.'), 'computeResources.instanceRole');
  assert.equal(said('Bid percentage must be between 0 to 100.'), undefined, 'no Spot');
  assert.equal(refusedField(createJobQueuePlan, {}, 'Object already exists')?.path, 'jobQueueName');
});

test('of a row and one of its fields the one counts of which more is said', () => {
  const list = [{ consumableResource: 'licence', quantity: 0 }];
  const input = { consumableResourcePropertiesOverride: { consumableResourceList: list } };
  const said = (message: string) => refusedField(submitJobPlan('container'), input, message)?.path;
  const rows = 'consumableResourcePropertiesOverride.consumableResourceList';
  assert.equal(said('quantity of consumable resource licence must be at least 1, got 0.'), `${rows}[0].quantity`);
  assert.equal(said('Cannot have duplicate consumables.'), rows);
});

test('a field of a row is named with its row', () => {
  const plan = definitionPlan('nodes');
  const found = refusedField(plan, newDefinitions.nodes, 'Container image has more than 255 characters.');
  assert.deepEqual(found, { step: 1, path: 'nodeProperties.nodeRangeProperties[0].container.image' });
});
