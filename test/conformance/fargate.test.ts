import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ContainerProperties,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
} from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { describeJob, until } from '../support/wait.ts';
import { account, openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch, server } = await openYard();

await batch.send(
  new CreateComputeEnvironmentCommand({
    computeEnvironmentName: 'spot',
    type: 'MANAGED',
    computeResources: { type: 'FARGATE_SPOT', maxvCpus: 16, subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
  }),
);
await settledEnvironment(batch, 'spot');

/** Each in a queue of its own: one that waits holds back all behind it. */
async function submitOn(name: string, runtimePlatform: ContainerProperties['runtimePlatform']): Promise<string> {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'spot' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: name, priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, name);
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: name,
      type: 'container',
      platformCapabilities: ['FARGATE'],
      containerProperties: {
        image: 'host',
        command: ['true'],
        executionRoleArn: `arn:aws:iam::${account}:role/r`,
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '2048' },
        ],
        runtimePlatform,
      },
    }),
  );
  return submit(batch, name, { jobQueue: name });
}

const waiting = (jobId: string) =>
  until('the job to wait', async () => {
    const { status, statusReason } = await describeJob(batch, jobId);
    return status === 'RUNNABLE' && statusReason;
  });

test('a job for Windows is taken as AWS takes it, and waits: there is no Windows capacity (spec 04 item 25)', async () => {
  const operatingSystemFamily = 'WINDOWS_SERVER_2022_CORE';
  const jobId = await submitOn('windows', { operatingSystemFamily, cpuArchitecture: 'X86_64' });
  const words = 'There is no Windows capacity. (spot: has no Windows machines)';
  assert.equal(await waiting(jobId), words);
  await server.stop();
  await server.restart();
  assert.equal(await waiting(jobId), words);
});

test('a job for another architecture than the machine has waits, and says so', async () => {
  const other = process.arch === 'arm64' ? 'X86_64' : 'ARM64';
  const jobId = await submitOn('other', { cpuArchitecture: other });
  assert.equal(await waiting(jobId), `There is no ${other} capacity. (spot: has no ${other} machines)`);
});
