import type { QuotaShareDetail } from '@aws-sdk/client-batch';
import { jobQueueArn } from '../names.ts';
import type { QuotaShareRecord } from '../records.ts';

/** A quota share as lists show it. */
export function quotaShareDetail(record: QuotaShareRecord): QuotaShareDetail {
  const { name, arn, queue, capacityLimits, sharing, inSharePreemption, state, status } = record;
  return {
    quotaShareName: name,
    quotaShareArn: arn,
    jobQueueArn: jobQueueArn(record, queue),
    capacityLimits: [...capacityLimits],
    resourceSharingConfiguration: sharing,
    preemptionConfiguration: { inSharePreemption },
    state,
    status,
  };
}
