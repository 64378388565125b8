import type { JobQueueDetail, JobQueueType, JobStateTimeLimitAction } from '@aws-sdk/client-batch';
import type { Platform } from '../definition/resources.ts';
import type { JobQueueRecord } from '../records.ts';

/** The type of a queue follows from what its environments are. */
export const jobQueueTypes: Readonly<Record<Platform, JobQueueType>> = { EC2: 'ECS', FARGATE: 'ECS_FARGATE' };

/** A queue as DescribeJobQueues shows it. */
export function jobQueueDetail(record: JobQueueRecord, platform: Platform): JobQueueDetail {
  return {
    jobQueueName: record.name,
    jobQueueArn: record.arn,
    state: record.state,
    schedulingPolicyArn: record.schedulingPolicyArn,
    status: record.status,
    statusReason: record.statusReason,
    priority: record.priority,
    computeEnvironmentOrder: [...record.computeEnvironmentOrder],
    serviceEnvironmentOrder: [],
    jobQueueType: jobQueueTypes[platform],
    tags: record.tags,
    jobStateTimeLimitActions: record.jobStateTimeLimitActions as JobStateTimeLimitAction[],
  };
}
