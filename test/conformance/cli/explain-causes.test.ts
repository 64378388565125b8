import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type ComputeResource,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { clientsOf } from '../../support/sdk.ts';
import { startInProcess } from '../../support/server-in-process.ts';
import { describeJob, until } from '../../support/wait.ts';
import { settledEnvironment, settledQueue, wholeFile } from '../yard.ts';
import { commandOf } from './in-process.ts';

// Nobody signs: the clock that is turned by hand would make every signature old. The host has 4 vCPUs, and takes requests whole.
const server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: () => ({ runFor: 'until-stopped' }),
  pool: { shrinks: false },
});
const { batch, close } = clientsOf(server);
after(close);
const batchyard = commandOf(server);

const fleet: ComputeResource = {
  ...{ type: 'EC2', allocationStrategy: 'BEST_FIT_PROGRESSIVE', maxvCpus: 8, instanceTypes: ['c5'] },
  ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'ecsInstanceRole' },
};

const onFargate = { type: 'FARGATE' as const, maxvCpus: 8, subnets: ['subnet-1'], securityGroupIds: ['sg-1'] };

/** A queue on an environment of the same name. */
async function queue(name: string, resources: Partial<ComputeResource> = {}, more: object = {}) {
  const computeResources = resources === onFargate ? onFargate : { ...fleet, ...resources };
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: name, type: 'MANAGED', computeResources }),
  );
  await settledEnvironment(batch, name);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: name }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: name, priority: 1, computeEnvironmentOrder, ...more }));
  await settledQueue(batch, name);
}

const container = (vcpus: number) => ({
  image: 'busybox',
  command: ['true'],
  resourceRequirements: [
    { type: 'VCPU' as const, value: String(vcpus) },
    { type: 'MEMORY' as const, value: '64' },
  ],
});
const define = async (jobDefinitionName: string, input: Partial<RegisterJobDefinitionCommandInput>) => {
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', ...input }));
};
await define('one', { containerProperties: container(1) });
await define('six', { containerProperties: container(6) });

async function submit(jobQueue: string, jobDefinition = 'one', more: object = {}): Promise<string> {
  const input = { jobName: 'x', jobDefinition, jobQueue, ...more };
  return (await batch.send(new SubmitJobCommand(input))).jobId ?? '';
}

/** What `batchyard explain` says of why a job waits, and of what would change that, once it begins with some words. */
function explained(jobId: string, beginning: string) {
  let last = '';
  return until(
    () => `job ${jobId} to wait as ${beginning}: ${last}`,
    async () => {
      server.clock.advance(0);
      last = (await batchyard('explain', jobId)).stdout;
      const line = (label: string) => new RegExp(`^${label} +(.*)$`, 'm').exec(last)?.[1];
      return line('why')?.startsWith(beginning) && { why: line('why'), change: line('change') };
    },
  );
}

async function reached(jobId: string, status: string): Promise<void> {
  await until(`job ${jobId} to be ${status}`, async () => {
    server.clock.advance(0);
    return (await describeJob(batch, jobId)).status === status;
  });
}

test('explain says that an environment is INVALID, what AWS has found, and that it is to be repaired', async () => {
  await queue('broken');
  const instanceRole = 'arn:aws:iam::123456789012:role/none';
  const computeResources = { instanceRole };
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'broken', computeResources }));
  assert.equal((await settledEnvironment(batch, 'broken')).status, 'INVALID');
  const jobId = await submit('broken');
  assert.deepEqual(await explained(jobId, 'ACTION_REQUIRED'), {
    why: 'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
    change: 'repair one by UpdateComputeEnvironment (broken), or give the job queue another: UpdateJobQueue',
  });
  const { stdout } = await batchyard('explain', jobId);
  const found = `CLIENT_ERROR - Instance profile ${instanceRole} does not exist`;
  assert.ok(stdout.includes(`compute environment broken is INVALID: ${found}`), stdout);
});

test('explain says of a share how much it may hold beside what is reserved for others', async () => {
  const fairsharePolicy = { shareDecaySeconds: 600, computeReservation: 50 };
  await batch.send(new CreateSchedulingPolicyCommand({ name: 'reserve', fairsharePolicy }));
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/reserve';
  await queue('reserved', { maxvCpus: 4 }, { schedulingPolicyArn });
  const share = { shareIdentifier: 'a', schedulingPriorityOverride: 1 };
  for (const jobId of [await submit('reserved', 'one', share), await submit('reserved', 'one', share)])
    await reached(jobId, 'RUNNING');
  assert.deepEqual(await explained(await submit('reserved', 'one', share), 'Waiting for the budget'), {
    why: 'Waiting for the budget of the job queue: its one active share may hold 2 of 4 vCPUs, and hold 2; 1 needed. The rest is reserved for other shares (computeReservation 50).',
    change: 'it starts as jobs of the job queue end, or with a smaller computeReservation in its scheduling policy',
  });
});

test('explain says which kind of machine there is not', async () => {
  await queue('fargate', onFargate);
  const role = 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole';
  const runtimePlatform = { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE', cpuArchitecture: 'X86_64' };
  const { resourceRequirements: _small, ...rest } = container(1);
  const memory = { type: 'MEMORY' as const, value: '2048' };
  const resourceRequirements = [{ type: 'VCPU' as const, value: '1' }, memory];
  await define('windows', {
    platformCapabilities: ['FARGATE'],
    containerProperties: { ...rest, resourceRequirements, runtimePlatform, executionRoleArn: role },
  });
  assert.deepEqual(await explained(await submit('fargate', 'windows'), 'There is no'), {
    why: 'There is no Windows capacity. (fargate: has no Windows machines)',
    change: 'the job queue needs a compute environment with such machines, or the job another platform',
  });
});

test('explain says what the machine beneath lacks for a request that it takes whole, and that it never starts', async () => {
  await queue('whole');
  const { why, change } = await explained(await submit('whole', 'six'), 'MISCONFIGURATION');
  assert.equal(
    why,
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue. It never starts (whole: host has 4 vCPUs, 6 vCPUs needed): cancel it.',
  );
  assert.equal(change, undefined);
});

test('explain says which environments run no nodes, and that a multi-node job never starts there', async () => {
  await queue('spot', { type: 'SPOT', allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' });
  const nodeRangeProperties = [{ targetNodes: '0:1', container: container(1) }];
  await define('gang', { type: 'multinode', nodeProperties: { numNodes: 2, mainNode: 0, nodeRangeProperties } });
  assert.deepEqual(await explained(await submit('spot', 'gang'), 'No compute environment'), {
    why: 'No compute environment of the job queue runs multi-node parallel jobs. (spot: SPOT, which runs no multi-node parallel jobs) It never starts: cancel it.',
    change: undefined,
  });
});

test('explain counts where shares take turns which job is next, up to a thousand', async () => {
  await batch.send(new CreateSchedulingPolicyCommand({ name: 'turns', fairsharePolicy: {} }));
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/turns';
  await queue('turns', {}, { schedulingPolicyArn });
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'turns', state: 'DISABLED' }));
  await settledEnvironment(batch, 'turns');
  const share = { shareIdentifier: 'a', schedulingPriorityOverride: 1 };
  const first = await submit('turns', 'one', share);
  await Promise.all(Array.from({ length: 998 }, () => submit('turns', 'one', share)));
  const last = await submit('turns', 'one', share);
  assert.match(
    (await explained(last, 'Waiting')).why ?? '',
    new RegExp(`^Waiting in position 1000 of 1000 in job queue turns, behind job ${first} of its share: `),
  );
  const beyond = await explained(await submit('turns', 'one', share), 'Waiting');
  assert.match(beyond.why ?? '', /^Waiting beyond position 1000 of 1001 in job queue turns, /);
});
