import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  RegisterJobDefinitionCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until } from '../support/wait.ts';
import { arnPrefix, findEnvironment, findQueue, wholeFile } from './yard.ts';

// Nobody signs: the clock that is turned by hand would make every signature old.
let server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  capacity: { vcpus: 16, memoryMiB: 16_384, gpus: 0 },
  script: () => ({ runFor: 'until-stopped' }),
});
let clients = clientsOf(server);
after(() => clients.close());

async function restart(): Promise<void> {
  clients.close();
  server = await server.restart();
  clients = clientsOf(server);
}

/** What `ask` answers once it does: the clock goes on a little between two questions. */
function soon<Answer>(what: string, ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
  return until(what, () => {
    server.clock.advance(1);
    return ask();
  });
}

const container = {
  image: 'busybox',
  command: ['true'],
  resourceRequirements: [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '64' },
  ],
};
await clients.batch.send(
  new RegisterJobDefinitionCommand({ jobDefinitionName: 'small', type: 'container', containerProperties: container }),
);
await clients.batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'wide',
    type: 'multinode',
    nodeProperties: { numNodes: 4, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:3', container }] },
  }),
);
// Four instances.
await clients.batch.send(
  new CreateComputeEnvironmentCommand({
    computeEnvironmentName: 'four',
    type: 'MANAGED',
    computeResources: {
      ...{ type: 'EC2', allocationStrategy: 'BEST_FIT', minvCpus: 0, maxvCpus: 8, instanceTypes: ['c5.large'] },
      ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'role' },
    },
  }),
);
await soon('the environment to settle', async () => (await findEnvironment(clients.batch, 'four'))?.status === 'VALID');
await clients.batch.send(
  new CreateSchedulingPolicyCommand({ name: 'turns', fairsharePolicy: { shareDistribution: [] } }),
);
await clients.batch.send(
  new CreateJobQueueCommand({
    ...{ jobQueueName: 'turns', priority: 1, schedulingPolicyArn: `${arnPrefix}:scheduling-policy/turns` },
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'four' }],
  }),
);
await soon('the queue to settle', async () => (await findQueue(clients.batch, 'turns'))?.status === 'VALID');

/** With a timeout in seconds, if it is to have one. */
function start(shareIdentifier: string, jobDefinition: string, seconds?: number): Promise<string> {
  const timeout = seconds === undefined ? {} : { timeout: { attemptDurationSeconds: seconds } };
  const seat = { jobQueue: 'turns', shareIdentifier, schedulingPriorityOverride: 1 };
  const input: Partial<SubmitJobCommandInput> = { ...seat, ...timeout };
  return submit(clients.batch, jobDefinition, input);
}

const statusOf = async (jobId: string) => (await describeJob(clients.batch, jobId)).status;

async function runs(jobId: string): Promise<void> {
  await soon(`${jobId} to run`, async () => (await statusOf(jobId)) === 'RUNNING');
}

async function end(jobId: string): Promise<void> {
  await clients.batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  await soon(`${jobId} to end`, async () => (await statusOf(jobId)) === 'FAILED');
}

/** Waits until a job is told so why it waits. */
async function isTold(jobId: string, words: RegExp): Promise<void> {
  let told: string | undefined;
  await until(
    () => `${jobId} to be told ${words}: ${told}`,
    async () => {
      server.clock.advance(1);
      told = (await describeJob(clients.batch, jobId)).statusReason;
      return words.test(told ?? '');
    },
  );
}

test('a job of four nodes starts though small jobs wait in any number: those that end in time go first, over a restart too, and no others', async () => {
  const first: string[] = [];
  for (let count = 0; count < 8; count += 1) first.push(await start('small', 'small', 600));
  for (const jobId of first) await runs(jobId);
  const wide = await start('wide', 'wide');
  await isTold(wide, /0 of 4 instances that are reserved for its nodes are free, all by \d{4}-/);
  const backlog: string[] = [];
  for (let count = 0; count < 6; count += 1) backlog.push(await start('small', 'small'));
  const slow = await start('slow', 'small', 3_600);
  const [one = '', ...others] = first;
  await end(one);
  const behind =
    /Waiting for job \S+ of share wide, .*4 instances reserved for its nodes, 0 free, all by \d{4}-.*; a job goes first whose timeout ends before\./;
  await isTold(slow, behind);
  await restart();
  await isTold(slow, behind);
  const quick = await start('quick', 'small', 60);
  await runs(quick);
  for (const jobId of [slow, ...backlog]) assert.equal(await statusOf(jobId), 'RUNNABLE');
  for (const jobId of [...others, quick]) await end(jobId);
  await runs(wide);
  // It has all of each instance.
  for (const jobId of [slow, ...backlog]) assert.equal(await statusOf(jobId), 'RUNNABLE');
  await end(wide);
  for (const jobId of [slow, ...backlog]) await runs(jobId);
});
