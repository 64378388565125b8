import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  DeleteSchedulingPolicyCommand,
  DescribeSchedulingPoliciesCommand,
  ListTagsForResourceCommand,
  paginateListSchedulingPolicies,
  SubmitJobCommand,
  TagResourceCommand,
  UpdateJobQueueCommand,
  UpdateSchedulingPolicyCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { describeJob } from '../support/wait.ts';
import { arnPrefix, assertRefused, findQueue, openYard, settledQueue } from './yard.ts';

const { batch } = await openYard();
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const arnOf = (name: string) => `${arnPrefix}:scheduling-policy/${name}`;

async function queue(jobQueueName: string, schedulingPolicyArn?: string): Promise<string> {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  const given = schedulingPolicyArn === undefined ? {} : { schedulingPolicyArn };
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder, ...given }));
  await settledQueue(batch, jobQueueName);
  return jobQueueName;
}

async function described(name: string) {
  const command = new DescribeSchedulingPoliciesCommand({ arns: [arnOf(name)] });
  return (await batch.send(command)).schedulingPolicies?.[0];
}

test('a scheduling policy is created with tags, described as given, listed page by page, replaced, and deleted once no queue has it', async () => {
  const fairsharePolicy = {
    shareDecaySeconds: 3600,
    computeReservation: 25,
    shareDistribution: [{ shareIdentifier: 'render', weightFactor: 0.125 }, { shareIdentifier: 'UserA*' }],
  };
  const tags = { team: 'render' };
  const created = await batch.send(new CreateSchedulingPolicyCommand({ name: 'kept', fairsharePolicy, tags }));
  assert.deepEqual([created.name, created.arn], ['kept', arnOf('kept')]);
  assert.deepEqual(await described('kept'), { name: 'kept', arn: arnOf('kept'), fairsharePolicy, tags });
  await batch.send(new TagResourceCommand({ resourceArn: arnOf('kept'), tags: { more: 'x' } }));
  const tagged = await batch.send(new ListTagsForResourceCommand({ resourceArn: arnOf('kept') }));
  assert.deepEqual(tagged.tags, { team: 'render', more: 'x' });
  await batch.send(new CreateSchedulingPolicyCommand({ name: 'other' }));
  const listed: string[] = [];
  for await (const page of paginateListSchedulingPolicies({ client: batch, pageSize: 1 }, {}))
    listed.push(...(page.schedulingPolicies ?? []).map(({ arn = '' }) => arn));
  assert.deepEqual(listed, [arnOf('kept'), arnOf('other')]);
  const replaced = { shareDecaySeconds: 60 };
  await batch.send(new UpdateSchedulingPolicyCommand({ arn: arnOf('kept'), fairsharePolicy: replaced }));
  assert.deepEqual((await described('kept'))?.fairsharePolicy, replaced);
  await queue('has-kept', arnOf('kept'));
  const deletion = new DeleteSchedulingPolicyCommand({ arn: arnOf('kept') });
  await assertRefused(batch.send(deletion), /^Cannot delete, found existing JobQueue relationship\.$/);
  await batch.send(new DeleteSchedulingPolicyCommand({ arn: arnOf('other') }));
  assert.equal(await described('other'), undefined);
});

test('a queue with a policy can be given another but never none, and one without never gets any', async () => {
  for (const name of ['one', 'two']) await batch.send(new CreateSchedulingPolicyCommand({ name }));
  const fair = await queue('changes', arnOf('one'));
  const fifo = await queue('in-order');
  assert.equal((await findQueue(batch, fair))?.schedulingPolicyArn, arnOf('one'));
  const update = (jobQueue: string, schedulingPolicyArn: string) =>
    batch.send(new UpdateJobQueueCommand({ jobQueue, schedulingPolicyArn }));
  await update(fair, arnOf('two'));
  assert.equal((await settledQueue(batch, fair)).schedulingPolicyArn, arnOf('two'));
  await assertRefused(update(fair, ''), /can be replaced but not removed/);
  await assertRefused(update(fifo, arnOf('one')), /can not be given one/);
  await assertRefused(update(fair, arnOf('nobody')), /^SchedulingPolicy .*nobody not found\.$/);
});

test('jobs of a queue with a policy say whose they are and how urgent, and those of any other do not', async () => {
  await batch.send(new CreateSchedulingPolicyCommand({ name: 'asks' }));
  const jobQueue = await queue('asks', arnOf('asks'));
  const job = { jobName: 'j', jobQueue, jobDefinition: quick };
  const submit = (more: object) => batch.send(new SubmitJobCommand({ ...job, ...more }));
  await assertRefused(submit({}), /^shareIdentifier must be specified\.$/);
  await assertRefused(
    submit({ shareIdentifier: 'a' }),
    /^Either schedulingPriority in job definition or schedulingPriorityOverride should be specified\.$/,
  );
  const { jobId = '' } = await submit({ shareIdentifier: 'a', schedulingPriorityOverride: 5 });
  const { shareIdentifier, schedulingPriority } = await describeJob(batch, jobId);
  assert.deepEqual([shareIdentifier, schedulingPriority], ['a', 5]);
  const own = { jobQueue: 'default', shareIdentifier: 'a', schedulingPriorityOverride: 5 };
  await assertRefused(submit(own), /can only be submitted to job queue with fair share scheduling policy\.$/);
});
