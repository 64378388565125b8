import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
  TerminateJobCommand,
  UpdateComputeEnvironmentCommand,
  type UpdateComputeEnvironmentCommandInput,
} from '@aws-sdk/client-batch';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeContainerInstancesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until } from '../support/wait.ts';
import { findEnvironment, refusalOf, wholeFile } from './yard.ts';

const minute = 60_000;

// Nobody signs: the clock that is turned by hand would make every signature old.
let server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: () => ({ runFor: 'until-stopped' }),
});
let clients = open();
after(() => clients.close());

function open() {
  const { close, batch } = clientsOf(server);
  const { accessKeyId, secretAccessKey } = server.credentials;
  const config = { endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' };
  const [ec2, ecs] = [new EC2Client(config), new ECSClient(config)];
  const closeAll = () => {
    close();
    ec2.destroy();
    ecs.destroy();
  };
  return { batch, ec2, ecs, close: closeAll };
}

async function restart(): Promise<void> {
  clients.close();
  server = await server.restart();
  clients = open();
}

/** What `ask` answers once it does: the clock goes on a little between two questions. */
function soon<Answer>(what: string, ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
  return until(what, () => {
    server.clock.advance(1);
    return ask();
  });
}

type Resources = NonNullable<UpdateComputeEnvironmentCommandInput['computeResources']>;

/** An environment of `c5` instances with a queue, both of one name. */
async function create(name: string, more: Pick<Resources, 'minvCpus'> = {}): Promise<void> {
  const computeResources = {
    ...{ type: 'EC2' as const, allocationStrategy: 'BEST_FIT_PROGRESSIVE' as const, maxvCpus: 16, minvCpus: 0 },
    ...{ instanceTypes: ['c5.large'], subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'role' },
    ...more,
  };
  const environment = { computeEnvironmentName: name, type: 'MANAGED' as const, computeResources };
  await clients.batch.send(new CreateComputeEnvironmentCommand(environment));
  await settled(name);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: name }];
  await clients.batch.send(new CreateJobQueueCommand({ jobQueueName: name, priority: 1, computeEnvironmentOrder }));
}

await clients.batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'work',
    type: 'container',
    containerProperties: {
      image: 'busybox',
      command: ['true'],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '64' },
      ],
    },
  }),
);

const start = (jobQueue: string, jobName: string, more: object = {}) =>
  submit(clients.batch, 'work', { jobQueue, jobName, ...more });

/** The id and type of the instance that a job runs on, once it does. */
async function runsOn(jobId: string, attempts = 0): Promise<{ readonly id: string; readonly type: string }> {
  await soon(`${jobId} to run`, async () => {
    const job = await describeJob(clients.batch, jobId);
    return job.status === 'RUNNING' && (job.attempts ?? []).length === attempts;
  });
  const { container } = await describeJob(clients.batch, jobId);
  const arn = container?.containerInstanceArn ?? '';
  const [, cluster] = arn.split('/');
  const input = { cluster, containerInstances: [arn] };
  const { containerInstances } = await clients.ecs.send(new DescribeContainerInstancesCommand(input));
  const id = containerInstances?.[0]?.ec2InstanceId;
  const all = await instances();
  return all.find((instance) => id === instance.id) ?? assert.fail(`${id} is not among ${JSON.stringify(all)}`);
}

/** Those that have not ended: they are shown for an hour. */
async function instances() {
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'shutting-down'] }];
  const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId = '', InstanceType = '', Tags = [] }) => {
      return { id: InstanceId, type: InstanceType, name: Tags.find(({ Key }) => Key === 'Name')?.Value };
    }),
  );
}

async function change(computeEnvironment: string, change: Partial<UpdateComputeEnvironmentCommandInput>) {
  await clients.batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment, ...change }));
}

const statusOf = async (name: string) => {
  const { status, statusReason } = (await findEnvironment(clients.batch, name)) ?? {};
  return { status, statusReason };
};
const settled = (name: string) =>
  soon(`${name} to settle`, async () => /^(VALID|INVALID)$/.test((await statusOf(name)).status ?? ''));
const ended = (jobId: string) =>
  soon(`${jobId} to end`, async () => {
    const job = await describeJob(clients.batch, jobId);
    return /SUCCEEDED|FAILED/.test(job.status ?? '') && job;
  });
const types = (...instanceTypes: string[]) => ({ computeResources: { instanceTypes } });

test('an update of the infrastructure launches new instances and lets old ones go with their jobs, UPDATING until then', async () => {
  await create('replaced');
  const old = await start('replaced', 'old');
  const before = await runsOn(old);
  assert.equal(before.type, 'c5.large');
  await change('replaced', types('m5.large'));
  const updating = { status: 'UPDATING', statusReason: 'ComputeEnvironment being updated' };
  assert.deepEqual(await statusOf('replaced'), updating);
  const next = await start('replaced', 'next');
  assert.equal((await runsOn(next)).type, 'm5.large');
  assert.deepEqual(await statusOf('replaced'), updating);
  const refusal = await refusalOf(change('replaced', { state: 'DISABLED' }));
  assert.match(refusal.message, /Cannot update, resource is being modified\./);
  assert.equal((await runsOn(old)).id, before.id);
  await clients.batch.send(new TerminateJobCommand({ jobId: old, reason: 'enough' }));
  await settled('replaced');
  const healthy = { status: 'VALID', statusReason: 'ComputeEnvironment Healthy' };
  assert.deepEqual(await statusOf('replaced'), healthy);
  assert.ok(!(await instances()).some(({ id }) => id === before.id));
  assert.equal((await runsOn(next)).type, 'm5.large');
  await clients.batch.send(new TerminateJobCommand({ jobId: next, reason: 'enough' }));
});

test('jobs on old instances end jobExecutionTimeoutMinutes after the update began, and are tried again by their rules', async () => {
  await create('timed');
  const retryStrategy = { attempts: 2, evaluateOnExit: [{ onStatusReason: 'Host EC2*', action: 'RETRY' }] };
  const [once, again] = [await start('timed', 'once'), await start('timed', 'again', { retryStrategy })];
  const [first, second] = [await runsOn(once), await runsOn(again)];
  const updatePolicy = { jobExecutionTimeoutMinutes: 10, terminateJobsOnUpdate: false };
  const began = server.clock.now();
  await change('timed', { ...types('m5.large'), updatePolicy });
  server.clock.advance(began + 10 * minute - 1 - server.clock.now());
  assert.equal((await statusOf('timed')).status, 'UPDATING');
  assert.equal((await describeJob(clients.batch, once)).status, 'RUNNING');
  await settled('timed');
  assert.ok(server.clock.now() < began + 11 * minute);
  const lost = await ended(once);
  assert.deepEqual([lost.status, lost.statusReason], ['FAILED', `Host EC2 (instance ${first.id}) terminated.`]);
  assert.equal((await runsOn(again, 1)).type, 'm5.large');
  const { attempts } = await describeJob(clients.batch, again);
  assert.equal(attempts?.[0]?.statusReason, `Host EC2 (instance ${second.id}) terminated.`);
  await clients.batch.send(new TerminateJobCommand({ jobId: again, reason: 'enough' }));
});

test('with terminateJobsOnUpdate they end at once', async () => {
  await create('hasty');
  const jobId = await start('hasty', 'doomed');
  const { id } = await runsOn(jobId);
  const updatePolicy = { terminateJobsOnUpdate: true, jobExecutionTimeoutMinutes: 60 };
  await change('hasty', { ...types('m5.large'), updatePolicy });
  assert.equal((await ended(jobId)).statusReason, `Host EC2 (instance ${id}) terminated.`);
  await settled('hasty');
});

test('instances that no job runs on are replaced at once: the least, and a size that is asked for with the update', async () => {
  await create('kept', { minvCpus: 4 });
  const has = (type: string, count: number, tag = type) =>
    soon(`${count} of ${type}`, async () => {
      const all = (await instances()).filter(({ name }) => name === tag);
      return all.length === count && all.every((instance) => instance.type === type);
    });
  await change('kept', { computeResources: { instanceTypes: ['c5.xlarge'], tags: { Name: 'c5.xlarge' } } });
  await has('c5.xlarge', 1);
  await settled('kept');
  await change('kept', { computeResources: { instanceTypes: ['m5.large'], tags: { Name: 'm5' }, desiredvCpus: 8 } });
  await has('m5.large', 4, 'm5');
  await settled('kept');
  // A scaling update replaces nothing.
  const before = (await instances()).filter(({ name }) => name === 'm5');
  await change('kept', { computeResources: { maxvCpus: 32 } });
  await settled('kept');
  assert.deepEqual(
    (await instances()).filter(({ name }) => name === 'm5'),
    before,
  );
});

test('an update that leaves the environment INVALID replaces nothing, and whatever repairs it does', async () => {
  await create('mended', { minvCpus: 2 });
  const has = (type: string) =>
    soon(`${type} alone`, async () => {
      const all = (await instances()).filter(({ name }) => name === 'mended');
      return all.length === 1 && all[0]?.type === type;
    });
  await change('mended', { computeResources: { tags: { Name: 'mended' } } });
  await has('c5.large');
  const LaunchTemplateName = 'strange';
  const UserData = Buffer.from('#!/bin/bash').toString('base64');
  await clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { UserData } }));
  const launchTemplate = { launchTemplateName: LaunchTemplateName, version: '$Latest' };
  await change('mended', { computeResources: { instanceTypes: ['m5.large'], launchTemplate } });
  await settled('mended');
  assert.deepEqual(await statusOf('mended'), {
    status: 'INVALID',
    statusReason: 'CLIENT_ERROR - Launch Template UserData is not MIME multipart format',
  });
  await has('c5.large');
  const repaired = { LaunchTemplateName, LaunchTemplateData: { KeyName: 'me' } };
  await clients.ec2.send(new CreateLaunchTemplateVersionCommand(repaired));
  await change('mended', { computeResources: { maxvCpus: 32 } });
  await has('m5.large');
  await settled('mended');
  assert.equal((await statusOf('mended')).status, 'VALID');
});

test('a restart in the midst of a replacement changes nothing of it', async () => {
  await create('restarted');
  const jobId = await start('restarted', 'old');
  const { id } = await runsOn(jobId);
  const began = server.clock.now();
  await change('restarted', types('m5.large'));
  const next = await start('restarted', 'next');
  const other = await runsOn(next);
  server.clock.advance(20 * minute);
  await restart();
  assert.equal((await statusOf('restarted')).status, 'UPDATING');
  assert.deepEqual([(await runsOn(jobId)).id, await runsOn(next)], [id, other]);
  const third = await start('restarted', 'third');
  assert.equal((await runsOn(third)).type, 'm5.large');
  // Thirty minutes, as nothing else was said.
  server.clock.advance(began + 30 * minute - 1 - server.clock.now());
  assert.equal((await statusOf('restarted')).status, 'UPDATING');
  await settled('restarted');
  assert.equal((await ended(jobId)).statusReason, `Host EC2 (instance ${id}) terminated.`);
  assert.deepEqual(await runsOn(next), other);
});
