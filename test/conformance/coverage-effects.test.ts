import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ContainerProperties,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
  TerminateJobCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import { GetFederationTokenCommand } from '@aws-sdk/client-sts';
import { definitionClaims } from '../../scripts/coverage/claims/job-definition.ts';
import type { Claim } from '../../scripts/coverage/claims.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { account, arnPrefix, linesOfJob, openYard, runToEnd, settledEnvironment, settledQueue } from './yard.ts';

const { batch, logs, sts } = await openYard(['--host-vcpus', '16']);
const where = await registerShell(batch, { name: 'where', script: 'echo $AWS_BATCH_CE_NAME' });
const wide = await registerShell(batch, { name: 'wide', script: 'true', vcpus: 2 });
const hold = await registerShell(batch, { name: 'hold', script: 'exec sleep 600' });

async function environment(computeEnvironmentName: string, maxvCpus: number): Promise<void> {
  const instanceTypes = ['optimal'];
  const computeResources = { type: 'EC2' as const, maxvCpus, instanceTypes, instanceRole: 'ecsInstanceRole' };
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName, type: 'MANAGED', computeResources }));
  await settledEnvironment(batch, computeEnvironmentName);
}

async function queue(
  jobQueueName: string,
  environments: Readonly<Record<string, number>>,
  priority = 1,
): Promise<void> {
  const computeEnvironmentOrder = orderOf(environments);
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority, computeEnvironmentOrder }));
  await settledQueue(batch, jobQueueName);
}

function orderOf(environments: Readonly<Record<string, number>>) {
  return Object.entries(environments).map(([computeEnvironment, order]) => ({ computeEnvironment, order }));
}

test('the environments of a queue are tried in ascending order', async () => {
  for (const name of ['last', 'first']) await environment(name, 2);
  await queue('ordered', { last: 20, first: 10 });
  const blocker = await submit(batch, where, { jobQueue: 'ordered' });
  assert.deepEqual(await linesOfJob(logs, await waitForEnd(batch, blocker)), ['first']);
  const holders = [
    await submit(batch, hold, { jobQueue: 'ordered' }),
    await submit(batch, hold, { jobQueue: 'ordered' }),
  ];
  for (const jobId of holders) await waitForStatus(batch, jobId, 'RUNNING');
  assert.deepEqual(await linesOfJob(logs, await runToEnd(batch, where, { jobQueue: 'ordered' })), ['last']);
  for (const jobId of holders) await batch.send(new TerminateJobCommand({ jobId, reason: 'done' }));
});

test('an environment that is DISABLED receives no job until it is ENABLED again', async () => {
  await environment('closed', 4);
  await environment('open', 4);
  await queue('closing', { closed: 1, open: 2 });
  const setState = async (state: 'ENABLED' | 'DISABLED') => {
    await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'closed', state }));
    await settledEnvironment(batch, 'closed');
  };
  const place = async () => linesOfJob(logs, await runToEnd(batch, where, { jobQueue: 'closing' }));
  await setState('DISABLED');
  assert.deepEqual(await place(), ['open']);
  await setState('ENABLED');
  assert.deepEqual(await place(), ['closed']);
});

test('a job that no environment has room for starts when maxvCpus is raised', async () => {
  await environment('small', 1);
  await queue('growing', { small: 1 });
  const jobId = await submit(batch, wide, { jobQueue: 'growing' });
  await waitForStatus(batch, jobId, 'RUNNABLE');
  const enlarged = { computeEnvironment: 'small', computeResources: { maxvCpus: 2 } };
  await batch.send(new UpdateComputeEnvironmentCommand(enlarged));
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
});

test('a changed priority and changed environments of a queue count for the jobs that wait in it', async () => {
  await environment('narrow', 1);
  await environment('roomy', 2);
  await queue('usual', { narrow: 1 }, 10);
  await queue('favoured', { narrow: 1 }, 1);
  const holder = await submit(batch, hold, { jobQueue: 'usual' });
  await waitForStatus(batch, holder, 'RUNNING');
  const usual = await submit(batch, where, { jobQueue: 'usual' });
  const favoured = await submit(batch, where, { jobQueue: 'favoured' });
  await batch.send(new UpdateJobQueueCommand({ jobQueue: `${arnPrefix}:job-queue/favoured`, priority: 20 }));
  await settledQueue(batch, 'favoured');
  await batch.send(new TerminateJobCommand({ jobId: holder, reason: 'make room' }));
  const [first, second] = [await waitForEnd(batch, favoured), await waitForEnd(batch, usual)];
  assert.ok((first.startedAt ?? Infinity) < (second.startedAt ?? 0));
  const waiting = await submit(batch, wide, { jobQueue: 'usual' });
  await waitForStatus(batch, waiting, 'RUNNABLE');
  const computeEnvironmentOrder = orderOf({ roomy: 1 });
  await batch.send(new UpdateJobQueueCommand({ jobQueue: 'usual', computeEnvironmentOrder }));
  assert.equal((await waitForEnd(batch, waiting)).status, 'SUCCEEDED');
});

test('a job that asks for a GPU waits RUNNABLE and says that there is none', async () => {
  const resourceRequirements = [{ type: 'GPU' as const, value: '1' }];
  const jobId = await submit(batch, where, { containerOverrides: { resourceRequirements } });
  const { statusReason } = await waitForStatus(batch, jobId, 'RUNNABLE');
  assert.match(statusReason ?? '', /GPU/);
  // It would hold up the queue.
  await batch.send(new TerminateJobCommand({ jobId, reason: 'done' }));
});

const executionRoleArn = `arn:aws:iam::${account}:role/execution`;

/** A container for each claim that a job of such a definition fails at start. */
const unstartable: Readonly<Record<string, Partial<ContainerProperties>>> = {
  'containerProperties.volumes[].s3filesVolumeConfiguration': {
    jobRoleArn: executionRoleArn,
    volumes: [{ name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'arn' } }],
  },
};

test('a job of a definition that asks for what this version cannot give fails at start, in the words of the coverage table', async () => {
  const claims = Object.entries<Claim>(definitionClaims).flatMap(([path, claim]) =>
    'failsAtStart' in claim ? [[path, claim.failsAtStart] as const] : [],
  );
  assert.deepEqual(claims.map(([path]) => path).sort(), Object.keys(unstartable).sort());
  for (const [index, [path, words]] of claims.entries()) {
    const containerProperties = { image: 'i', vcpus: 1, memory: 4, command: ['true'], ...unstartable[path] };
    const jobDefinitionName = `unstartable-${index}`;
    await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
    const { status, statusReason, container } = await runToEnd(batch, jobDefinitionName);
    assert.deepEqual([status, statusReason], ['FAILED', 'Task failed to start'], path);
    assert.ok(container?.reason?.includes(words), `${path}: ${container?.reason}`);
  }
});

test('a job of a loopback server runs without what no process can be given, and says so where it is asked', async () => {
  const containerProperties: ContainerProperties = {
    ...{
      image: 'i',
      vcpus: 1,
      memory: 4,
      command: ['sh', '-c', '[ ! -e /engine ] && [ ! -e /dev/absent ] && echo ran'],
    },
    privileged: true,
    linuxParameters: { devices: [{ hostPath: '/dev/absent' }] },
    logConfiguration: { logDriver: 'syslog' },
    volumes: [{ name: 'engine', host: { sourcePath: '/var/lib/docker' } }],
    mountPoints: [{ sourceVolume: 'engine', containerPath: '/engine' }],
  };
  await batch.send(
    new RegisterJobDefinitionCommand({ jobDefinitionName: 'asks-for-all', type: 'container', containerProperties }),
  );
  const job = await runToEnd(batch, 'asks-for-all');
  const { status, container } = job;
  assert.equal(status, 'SUCCEEDED', container?.reason ?? '');
  assert.deepEqual(await linesOfJob(logs, job), ['ran']);
  const without = [
    'privileged: jobs have no rights of root here',
    'device /dev/absent: it is not given to jobs',
    'log driver syslog: the output is in the log stream of the job',
    'volume /var/lib/docker at /engine: this path is mounted for nobody',
    'image i: the files of this host stand in, since it is not here, and images.pull is never',
  ];
  assert.equal(container?.reason, `It ran without ${without.join('; ')}`);
  assert.equal(container?.privileged, true);
});

test('credentials of a federated user hold for as long as was asked', async () => {
  const { Credentials: given } = await sts.send(new GetFederationTokenCommand({ Name: 'me', DurationSeconds: 1800 }));
  const left = (given?.Expiration?.getTime() ?? 0) - Date.now();
  assert.ok(left > 1_680_000 && left <= 1_800_000, String(left));
});
