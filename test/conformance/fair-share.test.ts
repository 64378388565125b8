import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  DeleteSchedulingPolicyCommand,
  DescribeSchedulingPoliciesCommand,
  ListTagsForResourceCommand,
  paginateListSchedulingPolicies,
  SubmitJobCommand,
  TagResourceCommand,
  TerminateJobCommand,
  UpdateJobQueueCommand,
  UpdateSchedulingPolicyCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { describeJob, until, waitForEnds, waitForStatus } from '../support/wait.ts';
import { arnPrefix, assertRefused, findQueue, openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch } = await openYard(['--host-vcpus', '16']);
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const endless = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });
const arnOf = (name: string) => `${arnPrefix}:scheduling-policy/${name}`;

async function queue(
  jobQueueName: string,
  schedulingPolicyArn?: string,
  computeEnvironment = 'default',
): Promise<string> {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment }];
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

/** An environment of its own with so many vCPUs, and a queue on it. */
async function narrowQueue(name: string, policy: string, maxvCpus: number): Promise<string> {
  const computeResources = {
    type: 'EC2' as const,
    maxvCpus,
    instanceTypes: ['optimal'],
    instanceRole: 'r',
    subnets: ['subnet-1'],
    securityGroupIds: ['sg-1'],
  };
  await batch.send(
    new CreateComputeEnvironmentCommand({
      ...{ computeEnvironmentName: name, type: 'MANAGED', computeResources },
    }),
  );
  await settledEnvironment(batch, name);
  return queue(name, arnOf(policy), name);
}

async function submitShare(jobQueue: string, jobDefinition: string, shareIdentifier: string, priority = 0) {
  const command = { jobName: 'j', jobQueue, jobDefinition, shareIdentifier, schedulingPriorityOverride: priority };
  return (await batch.send(new SubmitJobCommand(command))).jobId ?? '';
}

test('the share that has used least for its weight goes first, within it the more urgent, and those that wait are told how shares stand', async () => {
  const shareDistribution = [
    { shareIdentifier: 'heavy', weightFactor: 999 },
    { shareIdentifier: 'light', weightFactor: 0.0001 },
  ];
  await batch.send(
    new CreateSchedulingPolicyCommand({
      name: 'turns',
      fairsharePolicy: { shareDecaySeconds: 3600, shareDistribution },
    }),
  );
  const jobQueue = await narrowQueue('turns', 'turns', 1);
  const holder = await submitShare(jobQueue, endless, 'heavy');
  await waitForStatus(batch, holder, 'RUNNING');
  const heavy = [await submitShare(jobQueue, quick, 'heavy'), await submitShare(jobQueue, quick, 'heavy', 9)];
  const light = [await submitShare(jobQueue, quick, 'light'), await submitShare(jobQueue, quick, 'light')];
  const { statusReason = '' } = await describeJob(batch, heavy[0] ?? '');
  assert.match(
    statusReason,
    /^Waiting in position 4 of 4 in job queue turns, behind job .* of its share: share heavy has used [\d.]+ vCPU-seconds and holds 1 vCPU, times 999; next is share light has used 0 vCPU-seconds and holds 0 vCPUs, times 0.0001\. Waiting for/,
  );
  await batch.send(new TerminateJobCommand({ jobId: holder, reason: 'enough' }));
  const ended = await waitForEnds(batch, [...light, ...heavy]);
  const order = ended.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)).map(({ jobId }) => jobId);
  assert.deepEqual(order, [...light, ...heavy.toReversed()]);
});

test('a changed policy counts at once, and a reservation keeps capacity back from those that are active', async () => {
  await batch.send(
    new CreateSchedulingPolicyCommand({ name: 'kept-back', fairsharePolicy: { computeReservation: 50 } }),
  );
  const jobQueue = await narrowQueue('kept-back', 'kept-back', 2);
  const first = await submitShare(jobQueue, endless, 'a');
  await waitForStatus(batch, first, 'RUNNING');
  const second = await submitShare(jobQueue, endless, 'a');
  const told = await until('the job to be told of the budget', async () => {
    const { statusReason = '' } = await describeJob(batch, second);
    return statusReason.startsWith('Waiting for the budget') && statusReason;
  });
  assert.match(told, /its one active share may hold 1 of 2 vCPUs, and hold 1; 1 needed\..*computeReservation 50/);
  await batch.send(new UpdateSchedulingPolicyCommand({ arn: arnOf('kept-back'), fairsharePolicy: {} }));
  await waitForStatus(batch, second, 'RUNNING');
  for (const jobId of [first, second]) await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
});
