import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Region } from '../../../core/ids.ts';
import { arn, openBench, scope } from '../states.fixture.ts';
import { managedRules } from './managed-rules.ts';

const parameters = {
  batch: { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' },
  states: { StateMachineArn: `${arn}:stateMachine:m` },
};
const task = (resource: string) => ({
  ...{ Type: 'Task', Resource: `arn:aws:states:::${resource}`, End: true },
  Parameters: parameters[resource.startsWith('batch') ? 'batch' : 'states'],
});
const machineOf = (state: object) => JSON.stringify({ StartAt: 'A', States: { A: state } });
const name = 'StepFunctionsGetEventsForBatchJobsRule';

test('a machine that waits for jobs, however deep, brings the rule of its account and region, which then stays', async () => {
  const { ledger, create, call } = await openBench();
  const names = (region = scope.region) => managedRules(ledger, { ...scope, region }).map((rule) => rule.name);
  await create('sends', { definition: machineOf(task('batch:submitJob')) });
  await create('starts', { definition: machineOf(task('states:startExecution.sync')) });
  assert.deepEqual(names(), []);
  const inner = { StartAt: 'B', States: { B: task('batch:submitJob.sync') } };
  await create('waits', { definition: machineOf({ Type: 'Parallel', Branches: [inner], End: true }) });
  assert.deepEqual(names(), [name]);
  assert.deepEqual(names('eu-west-1' as Region), []);
  await call('DeleteStateMachine', { stateMachineArn: `${arn}:stateMachine:waits` });
  assert.deepEqual(names(), [name]);
});

test('an update to a definition that waits for jobs brings the rule', async () => {
  const { ledger, create, call } = await openBench();
  const stateMachineArn = await create('m');
  await call('UpdateStateMachine', { stateMachineArn, definition: machineOf(task('batch:submitJob.sync')) });
  const [rule] = managedRules(ledger, scope);
  assert.equal(rule?.name, name);
  assert.deepEqual(rule?.targets, [{ id: `${name}-Id`, arn: 'arn:aws:states:us-east-1:::' }]);
});
