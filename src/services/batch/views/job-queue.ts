import type { JobQueueDetail, JobQueueType, JobStateTimeLimitAction } from '@aws-sdk/client-batch';
import type { JobQueueRecord } from '../records.ts';
import type { QueuePlatform } from '../submission/target.ts';

/** The type of a queue follows from what its environments are. */
export const jobQueueTypes: Readonly<Record<QueuePlatform, JobQueueType>> = {
  EC2: 'ECS',
  FARGATE: 'ECS_FARGATE',
  EKS: 'EKS',
  SAGEMAKER_TRAINING: 'SAGEMAKER_TRAINING',
};

/** A queue as DescribeJobQueues shows it. */
export function jobQueueDetail(record: JobQueueRecord, platform: QueuePlatform): JobQueueDetail {
  return {
    jobQueueName: record.name,
    jobQueueArn: record.arn,
    state: record.state,
    schedulingPolicyArn: record.schedulingPolicyArn,
    status: record.status,
    statusReason: record.statusReason,
    priority: record.priority,
    computeEnvironmentOrder: [...record.computeEnvironmentOrder],
    serviceEnvironmentOrder: [...(record.serviceEnvironmentOrder ?? [])],
    jobQueueType: jobQueueTypes[platform],
    tags: record.tags,
    jobStateTimeLimitActions: record.jobStateTimeLimitActions as JobStateTimeLimitAction[],
  };
}
