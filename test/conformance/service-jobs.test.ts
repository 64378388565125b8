import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateJobQueueCommand,
  CreateQuotaShareCommand,
  CreateSchedulingPolicyCommand,
  CreateServiceEnvironmentCommand,
  DeleteJobQueueCommand,
  DeleteQuotaShareCommand,
  DeleteServiceEnvironmentCommand,
  DescribeQuotaShareCommand,
  DescribeSchedulingPoliciesCommand,
  DescribeServiceEnvironmentsCommand,
  DescribeServiceJobCommand,
  GetJobQueueSnapshotCommand,
  ListQuotaSharesCommand,
  ListServiceJobsCommand,
  ListTagsForResourceCommand,
  paginateListServiceJobs,
  SubmitServiceJobCommand,
  type SubmitServiceJobCommandInput,
  TagResourceCommand,
  TerminateServiceJobCommand,
  TerminateServiceJobsCommand,
  UpdateJobQueueCommand,
  UpdateQuotaShareCommand,
  UpdateSchedulingPolicyCommand,
  UpdateServiceEnvironmentCommand,
  UpdateServiceJobCommand,
} from '@aws-sdk/client-batch';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { arnPrefix, assertRefused, findQueue, settledQueue, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile);
const clients = clientsOf(server);
after(clients.close);
const { batch } = clients;

const environmentArn = (name: string) => `${arnPrefix}:service-environment/${name}`;
const noEngine = 'No training engine exists here: the job waits until it is terminated.';

async function environment(serviceEnvironmentName: string, capacityUnit = 'NUM_INSTANCES') {
  const capacityLimits = [{ maxCapacity: 4, capacityUnit }];
  const serviceEnvironmentType = 'SAGEMAKER_TRAINING';
  const input = { serviceEnvironmentName, serviceEnvironmentType, capacityLimits, tags: { team: 'ml' } } as const;
  return batch.send(new CreateServiceEnvironmentCommand(input));
}

async function queue(jobQueueName: string, serviceEnvironment: string, schedulingPolicyArn?: string) {
  const serviceEnvironmentOrder = [{ order: 1, serviceEnvironment }];
  const jobQueueType = 'SAGEMAKER_TRAINING';
  const policy = schedulingPolicyArn === undefined ? {} : { schedulingPolicyArn };
  const input = { jobQueueName, jobQueueType, priority: 1, serviceEnvironmentOrder, ...policy } as const;
  await batch.send(new CreateJobQueueCommand(input));
  return settledQueue(batch, jobQueueName);
}

/** The guide's payload of a service job. */
const serviceRequestPayload = JSON.stringify({
  TrainingJobName: 'my-simple-training-job',
  RoleArn: 'arn:aws:iam::123456789012:role/SageMakerExecutionRole',
  AlgorithmSpecification: {
    TrainingInputMode: 'File',
    TrainingImage: 'image',
    ContainerEntrypoint: ['echo', 'hello world'],
  },
  ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1, VolumeSizeInGB: 1 },
  OutputDataConfig: { S3OutputPath: 's3://your-output-bucket/output' },
  StoppingCondition: { MaxRuntimeInSeconds: 30 },
});

async function submit(jobQueue: string, more: Partial<SubmitServiceJobCommandInput> = {}): Promise<string> {
  const input = { jobName: 'job', jobQueue, serviceJobType: 'SAGEMAKER_TRAINING', serviceRequestPayload } as const;
  return (await batch.send(new SubmitServiceJobCommand({ ...input, ...more }))).jobId ?? '';
}

const describe = (jobId: string) => batch.send(new DescribeServiceJobCommand({ jobId }));

async function policy(name: string, more: object): Promise<string> {
  return (await batch.send(new CreateSchedulingPolicyCommand({ name, ...more }))).arn ?? '';
}

await environment('numbers');
await environment('types', 'ml.c5.xlarge');
const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' } as const;
const quotaPolicy = await policy('quota', { quotaSharePolicy });
await queue('fifo', 'numbers');
await queue('divided', 'types', quotaPolicy);

test('a service environment is created, described by name and ARN, changed, and deleted once no queue has it', async () => {
  const created = await environment('own');
  const serviceEnvironmentArn = environmentArn('own');
  assert.deepEqual([created.serviceEnvironmentName, created.serviceEnvironmentArn], ['own', serviceEnvironmentArn]);
  const shown = async (...serviceEnvironments: string[]) =>
    (await batch.send(new DescribeServiceEnvironmentsCommand({ serviceEnvironments }))).serviceEnvironments;
  const [whole, ...others] = (await shown('own', serviceEnvironmentArn, 'none')) ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(whole, {
    serviceEnvironmentName: 'own',
    serviceEnvironmentArn,
    serviceEnvironmentType: 'SAGEMAKER_TRAINING',
    state: 'ENABLED',
    status: 'VALID',
    capacityLimits: [{ maxCapacity: 4, capacityUnit: 'NUM_INSTANCES' }],
    tags: { team: 'ml' },
  });
  const page = await batch.send(new DescribeServiceEnvironmentsCommand({ maxResults: 1 }));
  const next = { maxResults: 1, nextToken: page.nextToken };
  const second = await batch.send(new DescribeServiceEnvironmentsCommand(next));
  const names = [page, second].map(({ serviceEnvironments: [first] = [] }) => first?.serviceEnvironmentName);
  assert.deepEqual(names, ['numbers', 'own']);
  const capacityLimits = [{ maxCapacity: 9, capacityUnit: 'ml.p5.48xlarge' }];
  const change = { serviceEnvironment: 'own', state: 'DISABLED', capacityLimits } as const;
  await batch.send(new UpdateServiceEnvironmentCommand(change));
  assert.deepEqual(await shown('own'), [{ ...whole, state: 'DISABLED', capacityLimits }]);
  const used = { serviceEnvironment: 'numbers', state: 'DISABLED' } as const;
  await batch.send(new UpdateServiceEnvironmentCommand(used));
  const removal = batch.send(new DeleteServiceEnvironmentCommand({ serviceEnvironment: 'numbers' }));
  await assertRefused(removal, /found existing JobQueue relationship\.$/);
  await batch.send(new UpdateServiceEnvironmentCommand({ ...used, state: 'ENABLED' }));
  await batch.send(new DeleteServiceEnvironmentCommand({ serviceEnvironment: serviceEnvironmentArn }));
  assert.deepEqual(await shown('own'), []);
});

test('a queue of service jobs has one service environment and its own type, and can be given another', async () => {
  await environment('other');
  const made = await queue('own', 'numbers');
  assert.deepEqual(made.computeEnvironmentOrder, []);
  const order = (name: string) => [{ order: 1, serviceEnvironment: environmentArn(name) }];
  assert.deepEqual([made.serviceEnvironmentOrder, made.jobQueueType], [order('numbers'), 'SAGEMAKER_TRAINING']);
  await batch.send(new UpdateJobQueueCommand({ jobQueue: 'own', serviceEnvironmentOrder: order('other') }));
  assert.deepEqual((await settledQueue(batch, 'own')).serviceEnvironmentOrder, order('other'));
  await assertRefused(queue('two', 'none'), /^Service environments must be created and valid before attaching/);
});

test('a service job is kept as it was submitted, and waits RUNNABLE because no training engine exists here', async () => {
  const given = {
    retryStrategy: { attempts: 2, evaluateOnExit: [{ action: 'RETRY' as const, onStatusReason: 'Received*' }] },
    timeoutConfig: { attemptDurationSeconds: 90 },
    schedulingPriority: 3,
    preemptionConfiguration: { preemptionRetriesBeforeTermination: 1 },
    tags: { team: 'ml' },
  };
  const jobId = await submit('fifo', given);
  const { $metadata: _, createdAt, ...shown } = await describe(jobId);
  assert.ok(createdAt);
  assert.deepEqual(shown, {
    ...given,
    jobId,
    jobArn: `${arnPrefix}:service-job/${jobId}`,
    jobName: 'job',
    jobQueue: `${arnPrefix}:job-queue/fifo`,
    serviceJobType: 'SAGEMAKER_TRAINING',
    serviceRequestPayload,
    capacityUsage: [{ capacityUnit: 'ml.c5.xlarge', quantity: 1 }],
    attempts: [],
    status: 'RUNNABLE',
    statusReason: noEngine,
    isTerminated: false,
  });
  const key = ['--data', server.dataDirectory, '--port', new URL(server.url).port];
  const explained = await runCommand(batchyard, ['explain', jobId, ...key]);
  assert.equal(explained.exit, 0, explained.stderr);
  assert.match(
    explained.stdout,
    /^why +No training engine exists here: .* terminated\. End it with: aws batch terminate-service-job /m,
  );
  assert.match(explained.stdout, /1 ml\.c5\.xlarge/);
  const named = await submit('fifo', { jobName: 'named' });
  const byName = await runCommand(batchyard, ['explain', 'named', ...key]);
  assert.match(byName.stdout, new RegExp(`^named {2}${named}$`, 'm'));
  const queues = await runCommand(batchyard, ['queues', ...key]);
  assert.match(queues.stdout, /^fifo .* No training engine exists here/m);
});

test('a request for a service job is taken once for its client token', async () => {
  const clientToken = 'once';
  const jobId = await submit('fifo', { clientToken });
  await assertRefused(submit('fifo', { clientToken }), new RegExp(`^Service job ${jobId} was submitted`));
});

test('service jobs are listed by status and filter, newest first, page by page, and ended one by one or many', async () => {
  await queue('listed', 'numbers');
  const ids: string[] = [];
  for (const jobName of ['a', 'b', 'c']) ids.push(await submit('listed', { jobName }));
  const [first = '', second = '', third = ''] = ids;
  const names: (string | undefined)[] = [];
  const request = { jobQueue: 'listed', jobStatus: 'RUNNABLE', maxResults: 2 } as const;
  for await (const page of paginateListServiceJobs({ client: batch }, request)) {
    names.push(...(page.jobSummaryList ?? []).map(({ jobName }) => jobName));
  }
  assert.deepEqual(names, ['c', 'b', 'a']);
  const list = async (more: object) => {
    const { jobSummaryList } = await batch.send(new ListServiceJobsCommand({ jobQueue: 'listed', ...more }));
    return (jobSummaryList ?? []).map(({ jobName }) => jobName);
  };
  assert.deepEqual(await list({ filters: [{ name: 'JOB_NAME', values: ['B'] }] }), ['b']);
  assert.deepEqual(await list({}), []);
  await batch.send(new TerminateServiceJobCommand({ jobId: first, reason: 'enough' }));
  const ended = await describe(first);
  assert.deepEqual([ended.status, ended.statusReason, ended.isTerminated], ['FAILED', 'enough', true]);
  const many = await batch.send(new TerminateServiceJobsCommand({ jobs: [second, third, 'no-id'], reason: 'all' }));
  assert.deepEqual(many.successful, [second, third]);
  assert.deepEqual(
    many.errors?.map(({ job, code }) => [job, code]),
    [['no-id', 'ValidationException']],
  );
  assert.deepEqual(await list({ jobStatus: 'FAILED' }), ['c', 'b', 'a']);
});

test('a quota share is created, described, listed, changed and deleted, and its jobs wait by how urgent they are', async () => {
  const share = {
    quotaShareName: 'team-a',
    jobQueue: 'divided',
    capacityLimits: [{ maxCapacity: 2, capacityUnit: 'ml.c5.xlarge' }],
    resourceSharingConfiguration: { strategy: 'LEND_AND_BORROW', borrowLimit: 100 },
    preemptionConfiguration: { inSharePreemption: 'ENABLED' },
    tags: { team: 'a' },
  } as const;
  const quotaShareArn = `${arnPrefix}:job-queue/divided/quota-share/team-a`;
  const created = await batch.send(
    new CreateQuotaShareCommand({ ...share, capacityLimits: [...share.capacityLimits] }),
  );
  assert.equal(created.quotaShareArn, quotaShareArn);
  const { $metadata: _, ...shown } = await batch.send(new DescribeQuotaShareCommand({ quotaShareArn }));
  const { jobQueue: _queue, ...given } = share;
  const rest = { quotaShareArn, jobQueueArn: `${arnPrefix}:job-queue/divided`, state: 'ENABLED', status: 'VALID' };
  assert.deepEqual(shown, { ...given, ...rest });
  const listed = await batch.send(new ListQuotaSharesCommand({ jobQueue: 'divided', maxResults: 10 }));
  assert.deepEqual(
    listed.quotaShares?.map(({ quotaShareName }) => quotaShareName),
    ['team-a'],
  );

  const inShare = { quotaShareName: 'team-a', schedulingPriority: 1 };
  const old = await submit('divided', inShare);
  const young = await submit('divided', inShare);
  const updated = await batch.send(new UpdateServiceJobCommand({ jobId: young, schedulingPriority: 9 }));
  assert.deepEqual([updated.jobId, updated.jobName], [young, 'job']);
  const snapshot = await batch.send(new GetJobQueueSnapshotCommand({ jobQueue: 'divided' }));
  const arns = (jobs: readonly { jobArn?: string | undefined }[] = []) =>
    jobs.map(({ jobArn }) => jobArn?.split('/').at(-1));
  assert.deepEqual(arns(snapshot.frontOfQueue?.jobs), [young, old]);
  assert.deepEqual(arns(snapshot.frontOfQuotaShares?.quotaShares?.['team-a']), [young]);

  const capacityLimits = [{ maxCapacity: 1, capacityUnit: 'ml.m5.large' }];
  const change = {
    capacityLimits,
    resourceSharingConfiguration: { strategy: 'RESERVE' },
    preemptionConfiguration: { inSharePreemption: 'DISABLED' },
    state: 'DISABLED',
  } as const;
  await batch.send(new UpdateQuotaShareCommand({ quotaShareArn, ...change, capacityLimits }));
  const changed = await batch.send(new DescribeQuotaShareCommand({ quotaShareArn }));
  assert.partialDeepStrictEqual(changed, change);
  const waits = await describe(old);
  assert.match(waits.statusReason ?? '', /^MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED - /);
  await batch.send(new DeleteQuotaShareCommand({ quotaShareArn }));
  const left = async () => (await batch.send(new ListQuotaSharesCommand({ jobQueue: 'divided' }))).quotaShares ?? [];
  await until('the quota share to be gone', async () => (await left()).length === 0);
  assert.equal((await describe(old)).statusReason, 'Quota share team-a was deleted.');
});

test('a policy of quota shares is kept as given and never becomes another, and only queues of service jobs have one', async () => {
  await batch.send(new UpdateSchedulingPolicyCommand({ arn: quotaPolicy, quotaSharePolicy }));
  const shown = await batch.send(new DescribeSchedulingPoliciesCommand({ arns: [quotaPolicy] }));
  assert.deepEqual(shown.schedulingPolicies?.[0]?.quotaSharePolicy, quotaSharePolicy);
  const fair = batch.send(new UpdateSchedulingPolicyCommand({ arn: quotaPolicy, fairsharePolicy: {} }));
  await assertRefused(fair, /type of a scheduling policy can not be changed/);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  const input = { jobQueueName: 'x', priority: 1, computeEnvironmentOrder, schedulingPolicyArn: quotaPolicy };
  const words = /Quota Management feature is only supported for SageMaker Training job queues/;
  await assertRefused(batch.send(new CreateJobQueueCommand(input)), words);
});

test('the aws CLI makes a service environment, a queue and a service job, and ends it', awsCli.needed, async () => {
  const exports = await runCommand(batchyard, [
    'env',
    '--data',
    server.dataDirectory,
    '--port',
    new URL(server.url).port,
  ]);
  const aws = async (...words: readonly string[]) => {
    const script = `eval "$EXPORTS" && exec "$0" batch "$@"`;
    const env = { EXPORTS: exports.stdout, AWS_PAGER: '' };
    const { exit, stdout, stderr } = await runCommand('/bin/sh', ['-c', script, awsCli.file, ...words], { env });
    assert.equal(exit, 0, stderr);
    return stdout === '' ? {} : JSON.parse(stdout);
  };
  const type = ['--service-environment-type', 'SAGEMAKER_TRAINING'];
  const limits = ['--capacity-limits', 'capacityUnit=NUM_INSTANCES,maxCapacity=5'];
  await aws('create-service-environment', '--service-environment-name', 'cli', ...type, ...limits);
  const order = ['--service-environment-order', 'order=1,serviceEnvironment=cli', '--priority', '1'];
  await aws('create-job-queue', '--job-queue-name', 'cli', '--job-queue-type', 'SAGEMAKER_TRAINING', ...order);
  await settledQueue(batch, 'cli');
  const job = ['--job-queue', 'cli', '--service-job-type', 'SAGEMAKER_TRAINING'];
  const request = ['--service-request-payload', serviceRequestPayload];
  const { jobId } = await aws('submit-service-job', '--job-name', 'first', ...job, ...request);
  const waits = await aws('describe-service-job', '--job-id', jobId);
  assert.deepEqual([waits.status, waits.statusReason], ['RUNNABLE', noEngine]);
  await aws('terminate-service-job', '--job-id', jobId, '--reason', 'enough');
  const { jobSummaryList } = await aws('list-service-jobs', '--job-queue', 'cli', '--job-status', 'FAILED');
  assert.equal(jobSummaryList[0].statusReason, 'enough');
});

test('after a restart, and after a kill, service environments, quota shares and service jobs are what they were', async () => {
  const share = {
    quotaShareName: 'kept',
    jobQueue: 'divided',
    capacityLimits: [{ maxCapacity: 2, capacityUnit: 'ml.c5.xlarge' }],
    resourceSharingConfiguration: { strategy: 'LEND' },
    preemptionConfiguration: { inSharePreemption: 'DISABLED' },
  } as const;
  const { quotaShareArn } = await batch.send(
    new CreateQuotaShareCommand({ ...share, capacityLimits: [...share.capacityLimits] }),
  );
  const waits = await submit('divided', { quotaShareName: 'kept', schedulingPriority: 4, clientToken: 'kept' });
  const ended = await submit('fifo');
  await batch.send(new TerminateServiceJobCommand({ jobId: ended, reason: 'enough' }));
  const resourceArn = `${arnPrefix}:service-job/${waits}`;
  await batch.send(new TagResourceCommand({ resourceArn, tags: { kept: 'yes' } }));
  const everything = async () => {
    const answers: readonly { $metadata: unknown }[] = await Promise.all([
      batch.send(new DescribeServiceEnvironmentsCommand({})),
      batch.send(new DescribeQuotaShareCommand({ quotaShareArn })),
      describe(waits),
      describe(ended),
      batch.send(new ListServiceJobsCommand({ jobQueue: 'divided', jobStatus: 'RUNNABLE' })),
      batch.send(new ListTagsForResourceCommand({ resourceArn })),
    ]);
    const queues = [await findQueue(batch, 'fifo'), await findQueue(batch, 'divided')];
    return [...answers.map(({ $metadata: _, ...answer }) => answer), ...queues];
  };
  const before = await everything();
  assert.equal(await server.stop(), 0);
  await server.restart();
  assert.deepEqual(await everything(), before);
  await server.kill();
  await server.restart();
  assert.deepEqual(await everything(), before);
  const again = submit('divided', { quotaShareName: 'kept', schedulingPriority: 4, clientToken: 'kept' });
  await assertRefused(again, /was submitted with the same request/);
});

test('a queue of service jobs that is deleted ends what waits in it', async () => {
  await queue('gone', 'numbers');
  const jobId = await submit('gone');
  await batch.send(new UpdateJobQueueCommand({ jobQueue: 'gone', state: 'DISABLED' }));
  await settledQueue(batch, 'gone');
  await batch.send(new DeleteJobQueueCommand({ jobQueue: 'gone' }));
  await until('the queue to be gone', async () => (await findQueue(batch, 'gone')) === undefined);
  assert.equal((await describe(jobId)).statusReason, 'Job queue gone was deleted.');
});
