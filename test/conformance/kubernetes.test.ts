import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelJobCommand,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  type EksPodProperties,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { describeJob, waitForEnd } from '../support/wait.ts';
import { account, openYard, region, settledEnvironment, settledQueue } from './yard.ts';

const { batch } = await openYard();

const computeResources = {
  type: 'EC2' as const,
  allocationStrategy: 'BEST_FIT_PROGRESSIVE' as const,
  minvCpus: 0,
  maxvCpus: 128,
  instanceTypes: ['m5'],
  subnets: ['subnet-1'],
  securityGroupIds: ['sg-1'],
  instanceRole: 'eksInstanceRole',
};
const eksConfiguration = {
  eksClusterArn: `arn:aws:eks:${region}:${account}:cluster/ClusterForBatch`,
  kubernetesNamespace: 'my-aws-batch-namespace',
};

// The guide's own way to EKS [L1200-1335].
await batch.send(
  new CreateComputeEnvironmentCommand({
    computeEnvironmentName: 'My-Eks-CE1',
    type: 'MANAGED',
    computeResources,
    eksConfiguration,
  }),
);
const { status, statusReason } = await settledEnvironment(batch, 'My-Eks-CE1');
await batch.send(
  new CreateJobQueueCommand({
    jobQueueName: 'My-Eks-JQ1',
    jobQueueType: 'EKS',
    priority: 10,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'My-Eks-CE1' }],
  }),
);
await settledQueue(batch, 'My-Eks-JQ1');
const podProperties: EksPodProperties = {
  hostNetwork: true,
  containers: [
    {
      image: 'public.ecr.aws/amazonlinux/amazonlinux:2',
      command: ['sleep', '60'],
      resources: { limits: { cpu: '1', memory: '1024Mi' } },
    },
  ],
};
await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'MyJobOnEks_Sleep',
    type: 'container',
    eksProperties: { podProperties },
  }),
);

async function submitPod(): Promise<string> {
  const { jobId } = await batch.send(
    new SubmitJobCommand({
      jobName: 'My-Eks-Job1',
      jobQueue: 'My-Eks-JQ1',
      jobDefinition: 'MyJobOnEks_Sleep',
      eksPropertiesOverride: {
        podProperties: { containers: [{ args: ['x'] }], metadata: { labels: { team: 'a' } } },
      },
    }),
  );
  return jobId ?? '';
}

test("the guide's job on EKS is taken and waits RUNNABLE: no Kubernetes engine is configured", async () => {
  const job = await describeJob(batch, await submitPod());
  assert.equal(job.status, 'RUNNABLE');
  assert.deepEqual(
    [status, statusReason, job.statusReason],
    [
      'INVALID',
      'CLIENT_ERROR - Unable to validate Kubernetes Namespace: no Kubernetes engine is configured',
      'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
    ],
  );
  const { containers, metadata, hostNetwork } = job.eksProperties?.podProperties ?? {};
  assert.deepEqual(
    [containers?.[0]?.command, containers?.[0]?.args, metadata, hostNetwork],
    [['sleep', '60'], ['x'], { labels: { team: 'a' } }, true],
  );
  assert.deepEqual([job.container, job.attempts, job.eksAttempts], [undefined, [], []]);
});

test('a multi-node job of pods is taken and waits RUNNABLE with the same reason', async () => {
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'MyNodesOnEks',
      type: 'multinode',
      nodeProperties: {
        numNodes: 2,
        mainNode: 0,
        nodeRangeProperties: [{ targetNodes: '0:', eksProperties: { podProperties } }],
      },
    }),
  );
  const given = { jobName: 'nodes', jobQueue: 'My-Eks-JQ1', jobDefinition: 'MyNodesOnEks' };
  const { jobId } = await batch.send(new SubmitJobCommand(given));
  const job = await describeJob(batch, jobId ?? '');
  assert.equal(job.status, 'RUNNABLE');
  assert.match(job.statusReason ?? '', /ACTION_REQUIRED - CE\(s\) associated with the job queue are invalid/);
});

test('a job on EKS that waits can be cancelled', async () => {
  const jobId = await submitPod();
  await batch.send(new CancelJobCommand({ jobId, reason: 'no longer needed' }));
  const { status, statusReason } = await waitForEnd(batch, jobId);
  assert.deepEqual([status, statusReason], ['FAILED', 'no longer needed']);
});
