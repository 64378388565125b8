import assert from 'node:assert/strict';
import { type Bench, type BenchOptions, openBench, scope } from '../batch.fixture.ts';
import { jobQueueRecords } from '../records.ts';

const prefix = 'arn:aws:batch:us-east-1:123456789012';
export const environmentArn = `${prefix}:service-environment/se`;
export const queueArn = (name: string) => `${prefix}:job-queue/${name}`;
export const policyArn = (name: string) => `${prefix}:scheduling-policy/${name}`;
export const quotaShareArn = (name: string, queue = 'quota') => `${queueArn(queue)}/quota-share/${name}`;

export const serviceEnvironment = {
  serviceEnvironmentName: 'se',
  serviceEnvironmentType: 'SAGEMAKER_TRAINING',
  capacityLimits: [{ maxCapacity: 4, capacityUnit: 'NUM_INSTANCES' }],
};

export const serviceQueue = {
  jobQueueName: 'train',
  jobQueueType: 'SAGEMAKER_TRAINING',
  priority: 1,
  serviceEnvironmentOrder: [{ order: 1, serviceEnvironment: 'se' }],
};

/** A request to train a model on so many instances. */
export function payload(InstanceCount = 1, InstanceType = 'ml.c5.xlarge'): string {
  return JSON.stringify({ TrainingJobName: 't', ResourceConfig: { InstanceType, InstanceCount, VolumeSizeInGB: 1 } });
}

export const serviceJob = {
  jobName: 'job',
  jobQueue: 'train',
  serviceJobType: 'SAGEMAKER_TRAINING',
  serviceRequestPayload: payload(),
};

/** A bench with the queue `train` of service jobs. */
export async function openServiceBench(options?: BenchOptions): Promise<Bench> {
  const bench = await openBench(options);
  await bench.call('CreateServiceEnvironment', serviceEnvironment);
  await bench.call('CreateJobQueue', serviceQueue);
  return bench;
}

export const quotaShare = {
  quotaShareName: 'a',
  jobQueue: 'quota',
  capacityLimits: [{ maxCapacity: 2, capacityUnit: 'ml.c5.xlarge' }],
  resourceSharingConfiguration: { strategy: 'RESERVE' },
  preemptionConfiguration: { inSharePreemption: 'DISABLED' },
};

/** A bench with the queue `quota`, whose capacity quota shares divide up. */
export async function openQuotaBench(options?: BenchOptions): Promise<Bench> {
  const bench = await openBench(options);
  const capacityLimits = [{ maxCapacity: 40, capacityUnit: 'ml.c5.xlarge' }];
  await bench.call('CreateServiceEnvironment', { ...serviceEnvironment, capacityLimits });
  const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' };
  await bench.call('CreateSchedulingPolicy', { name: 'quota', quotaSharePolicy });
  const policy = { schedulingPolicyArn: policyArn('quota') };
  await bench.call('CreateJobQueue', { ...serviceQueue, jobQueueName: 'quota', ...policy });
  return bench;
}

/** Submits a service job, and answers its id. */
export async function submitService({ call }: Bench, more: object = {}): Promise<string> {
  const { jobId } = await call<{ jobId: string }>('SubmitServiceJob', { ...serviceJob, ...more });
  return jobId;
}

export function describeService({ call }: Bench, jobId: string) {
  return call('DescribeServiceJob', { jobId });
}

/** Lets what goes on behind the calls go on, a read of the store at a time, until `isDone`. */
export async function settled({ store }: Bench, isDone: () => boolean): Promise<void> {
  for (let rounds = 0; !isDone(); rounds += 1) {
    if (rounds > 10_000) assert.fail('it never comes to that');
    await store.reads.serviceJobTotals();
  }
}

/** Whether there is no queue of this name any more. */
export function isQueueGone({ ledger }: Bench, name: string): boolean {
  return ledger.get(jobQueueRecords, scope, name) === undefined;
}
