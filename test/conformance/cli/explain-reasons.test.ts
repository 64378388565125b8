import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateConsumableResourceCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  SubmitJobCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../../support/jobs.ts';
import { clientsOf } from '../../support/sdk.ts';
import { startInProcess } from '../../support/server-in-process.ts';
import { describeJob, until } from '../../support/wait.ts';
import { settledEnvironment, settledQueue, wholeFile } from '../yard.ts';
import { commandOf } from './in-process.ts';

/** Why the engine starts nothing, if it does not. Its host has 4 vCPUs. */
let down: string | undefined;
const server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: () => (down === undefined ? { runFor: 'until-stopped' } : { unavailable: down }),
});
const { batch, close } = clientsOf(server);
after(close);
const batchyard = commandOf(server);
await registerShell(batch, { name: 'idle', script: 'sleep 1000' });

/** A queue on an environment of the same name. */
async function queue(jobQueueName: string, more: object = {}, maxvCpus = 8): Promise<string> {
  const type = 'EC2' as const;
  const limits = { type, minvCpus: 0, maxvCpus, instanceTypes: ['optimal'], instanceRole: 'ecsInstanceRole' };
  const environment = { ...limits, subnets: ['subnet-1'], securityGroupIds: ['sg-1'] };
  const computeEnvironmentName = jobQueueName;
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName, type: 'MANAGED', computeResources: environment }),
  );
  await settledEnvironment(batch, computeEnvironmentName);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: computeEnvironmentName }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder, ...more }));
  await settledQueue(batch, jobQueueName);
  return jobQueueName;
}

const submitted: string[] = [];

async function submit(jobQueue: string, vcpus: number, more: Partial<SubmitJobCommandInput> = {}): Promise<string> {
  const containerOverrides = { resourceRequirements: [{ type: 'VCPU', value: String(vcpus) } as const] };
  const input = { jobName: 'x', jobDefinition: 'idle', jobQueue, containerOverrides, ...more };
  const { jobId = '' } = await batch.send(new SubmitJobCommand(input));
  submitted.push(jobId);
  return jobId;
}

interface Explained {
  readonly why: string | undefined;
  readonly change: string | undefined;
}

/** What `batchyard explain` says of why a job waits and what would change that; nothing of one that does not wait. */
async function explainedNow(jobId: string): Promise<Explained> {
  server.clock.advance(0);
  const { stdout } = await batchyard('explain', jobId);
  const line = (label: string) => new RegExp(`^${label} +(.*)$`, 'm').exec(stdout)?.[1];
  return { why: line('why'), change: line('change') };
}

/** The same once the instances are there that are launched for it, or none can be. */
function explained(jobId: string): Promise<Explained & { readonly why: string }> {
  return until(`job ${jobId} to wait for more than an instance`, async () => {
    const { why, change } = await explainedNow(jobId);
    return why !== undefined && !why.includes('Instance starting') && { why, change };
  });
}

async function reached(jobId: string, status: string): Promise<void> {
  await until(`job ${jobId} to be ${status}`, async () => {
    server.clock.advance(0);
    return (await describeJob(batch, jobId)).status === status;
  });
}

/** What one test has submitted leaves the machine to the next. */
async function clear(): Promise<void> {
  const jobs = submitted.splice(0);
  for (const jobId of jobs.toReversed()) await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  for (const jobId of jobs) await reached(jobId, 'FAILED');
}

test('explain says at maxvCpus how much is in use and what would do, and of a job behind its place and whom it waits for', async () => {
  const name = await queue('small', {}, 2);
  await reached(await submit(name, 2), 'RUNNING');
  const head = await submit(name, 1);
  const behind = await submit(name, 1);
  const why =
    'Waiting for vCPUs: every compute environment that fits is at its maxvCpus. (small: 2 of 2 vCPUs in use, 1 needed)';
  const change = 'it starts as jobs end there, or with a greater maxvCpus (small: 3)';
  assert.deepEqual(await explained(head), { why, change });
  assert.deepEqual(await explained(behind), {
    why: `Waiting in position 2 of 2 in job queue small, behind job ${head}: ${why}`,
    change: `for job ${head}: ${change}`,
  });
  await clear();
});

test('explain says what the host is short of, and behind whose job of a queue of more priority a job waits', async () => {
  const [low, high] = [await queue('low', {}, 99), await queue('high', { priority: 9 }, 99)];
  await reached(await submit(high, 3), 'RUNNING');
  const first = await submit(high, 2);
  const second = await submit(low, 1);
  assert.deepEqual(await explained(first), {
    why: 'Waiting for the host: 1 vCPU short.',
    change: 'it starts as jobs end there, or when it asks for less',
  });
  const behind = await explained(second);
  assert.equal(
    behind.why,
    `Waiting for job ${first} of job queue high, which is served first and for which the capacity of its pool is kept.`,
  );
  assert.equal(behind.change, `it starts after job ${first}, or with a job queue of no less priority than high`);
  await clear();
});

test('explain says that no environment is enabled, and which to enable', async () => {
  const name = await queue('off');
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: name, state: 'DISABLED' }));
  await settledEnvironment(batch, name);
  assert.deepEqual(await explained(await submit(name, 1)), {
    why: 'No compute environment of the job queue is enabled. (off: DISABLED)',
    change: 'UpdateComputeEnvironment with state ENABLED (off)',
  });
  await clear();
});

test('explain says of a job that is larger than every environment by how much, and that it never starts', async () => {
  const jobId = await submit(await queue('tiny', {}, 3), 7);
  const { why, change } = await explained(jobId);
  assert.match(
    why,
    /^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - .* It never starts \(tiny: maxvCpus 3, 7 needed\): cancel it, or raise maxvCpus\.$/,
  );
  assert.equal(change, undefined);
  await clear();
});

test('explain says which consumable resource is short, who holds it, and how many units more would do', async () => {
  const name = await queue('licensed');
  await batch.send(new CreateConsumableResourceCommand({ consumableResourceName: 'licence', totalQuantity: 3 }));
  const needing = (quantity: number) => ({
    consumableResourcePropertiesOverride: { consumableResourceList: [{ consumableResource: 'licence', quantity }] },
  });
  const holder = await submit(name, 1, needing(2));
  await reached(holder, 'RUNNING');
  assert.deepEqual(await explained(await submit(name, 1, needing(2))), {
    why: `Waiting for consumable resources: 2 of licence needed, 1 of 3 free (job ${holder} holds 2).`,
    change: 'it starts as those jobs end, or with more units: UpdateConsumableResource (licence: 1 more)',
  });
  await clear();
  const never = await explained(await submit(name, 1, needing(9)));
  assert.equal(
    never.why,
    'Consumable resources do not suffice: 9 of licence needed, there are 3. The job waits until that is changed.',
  );
  assert.match(never.change ?? '', /\(licence: 6 more\)$/);
  await clear();
});

test('explain says what a share has used against the one that is next, and what would bring its turn', async () => {
  await batch.send(new CreateSchedulingPolicyCommand({ name: 'turns', fairsharePolicy: { shareDecaySeconds: 600 } }));
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/turns';
  const name = await queue('turns', { schedulingPolicyArn }, 1);
  const of = (shareIdentifier: string) => ({ shareIdentifier, schedulingPriorityOverride: 1 });
  await reached(await submit(name, 1, of('a')), 'RUNNING');
  server.clock.advance(100_000);
  const waiting = await submit(name, 1, of('a'));
  await submit(name, 1, of('b'));
  const { why, change } = await explained(waiting);
  assert.match(
    why,
    /^Waiting in position 2 of 2 in job queue turns: share a has used 92\.\d+ vCPU-seconds and holds 1 vCPU; next is share b has used 0 vCPU-seconds and holds 0 vCPUs\. /,
  );
  assert.match(change ?? '', /^it starts when it is its share's turn: sooner with a smaller weightFactor for a /);
  await clear();
});

test('explain says that the engine does not answer and why, until it does', async () => {
  const name = await queue('engine');
  down = 'it is switched off';
  const first = await submit(name, 1);
  let last = first;
  const told = await until('the engine to be missed', async () => {
    // Those that were placed before it was are starting, and told so.
    last = await submit(name, 1);
    const { why, change } = await explainedNow(last);
    const isStarting = why?.startsWith('Starting: ') ?? false;
    if (isStarting) assert.equal(why, 'Starting: its engine cannot run jobs: it is switched off');
    return !isStarting && why?.includes(down ?? '') && { why, change };
  });
  assert.deepEqual(told, {
    why: 'The engine of compute environment engine cannot run jobs: it is switched off',
    change: 'it starts once the engine answers that it can run jobs: nothing falls back to another engine',
  });
  down = undefined;
  await until('both to run', async () => {
    server.clock.advance(1_000);
    const jobs = await Promise.all([first, last].map((jobId) => describeJob(batch, jobId)));
    return jobs.every(({ status }) => status === 'RUNNING');
  });
  await clear();
});
