import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';

/** A server, a queue with room for one job of one vCPU whose shares take turns, and what its jobs are told. */
async function openShares(t: Parameters<typeof ServerProcess.start>[0]) {
  const server = await ServerProcess.start(t, ['--host-vcpus', '16', '--log-level', 'warn']);
  const { batch, close } = clientsOf(server);
  t.after(close);
  // Whatever b uses meanwhile, it is next.
  const shareDistribution = [{ shareIdentifier: 'a', weightFactor: 999 }];
  const fairsharePolicy = { shareDecaySeconds: 604_800, shareDistribution };
  const { arn } = await batch.send(new CreateSchedulingPolicyCommand({ name: 'fair', fairsharePolicy }));
  const computeResources = {
    ...{ type: 'EC2' as const, maxvCpus: 1, instanceTypes: ['optimal'] },
    ...{ instanceRole: 'r', subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
  };
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'one', type: 'MANAGED', computeResources }),
  );
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'one' }];
  const queue = { jobQueueName: 'q', priority: 1, computeEnvironmentOrder, schedulingPolicyArn: arn };
  await until('the environment to be VALID', () =>
    batch.send(new CreateJobQueueCommand(queue)).then(
      () => true,
      (error: Error) => {
        if (!error.message.includes('must be created and valid')) throw error;
        return false;
      },
    ),
  );
  const jobDefinition = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });
  const submit = async (shareIdentifier: string) => {
    const job = { jobName: 'j', jobQueue: 'q', jobDefinition, shareIdentifier, schedulingPriorityOverride: 0 };
    return (await batch.send(new SubmitJobCommand(job))).jobId ?? '';
  };
  /** What share a has used, as a waiting job of it is told while share b is next. */
  const usedByA = async (jobId: string) => {
    const { statusReason = '' } = await describeJob(batch, jobId);
    const used = /share a has used ([\d.]+) vCPU-seconds and holds . vCPUs?, times 999; next is share b /.exec(
      statusReason,
    )?.[1];
    return Number(used ?? assert.fail(statusReason));
  };
  const terminate = async (jobId: string) => {
    await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
    await waitForEnd(batch, jobId);
  };
  const crash = async () => {
    await server.kill();
    await server.restart();
  };
  return { batch, submit, usedByA, terminate, crash };
}

test('a server that is killed loses nothing of what shares have used, of jobs that run and of jobs that have ended', async (t) => {
  const { batch, submit, usedByA, terminate, crash } = await openShares(t);
  const running = await submit('a');
  await waitForStatus(batch, running, 'RUNNING');
  const waiting = await submit('a');
  const [b1, b2] = [await submit('b'), await submit('b')];
  const before = await until('share a to have used something', async () => (await usedByA(waiting)) || false);
  await crash();
  assert.ok((await usedByA(waiting)) >= before);
  await terminate(running);
  await waitForStatus(batch, b1, 'RUNNING');
  const ended = await usedByA(waiting);
  assert.ok(ended >= before);
  await crash();
  // A mean life of a week fades nothing to speak of meanwhile.
  assert.ok(Math.abs((await usedByA(waiting)) / ended - 1) < 0.01);
  for (const jobId of [b1, b2, waiting]) await terminate(jobId);
});
