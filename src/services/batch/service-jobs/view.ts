import type { DescribeServiceJobResponse, ServiceJobSummary, ServiceJobType } from '@aws-sdk/client-batch';
import type { Ledger, ServiceJobRecord, StoredServiceJob } from '../../../store/index.ts';
import { serviceJobArn } from '../names.ts';
import { serviceWaiting } from './place.ts';

/** What lists and DescribeServiceJob have in common. None ever started. */
function shared(ledger: Ledger, job: ServiceJobRecord) {
  const { state, capacity } = job;
  const isEnded = state.status === 'FAILED';
  return {
    jobArn: serviceJobArn(job, job.jobId),
    jobId: job.jobId,
    jobName: job.jobName,
    serviceJobType: job.serviceJobType as ServiceJobType,
    shareIdentifier: job.shareIdentifier,
    quotaShareName: job.quotaShareName,
    capacityUsage: capacity.map(({ unit, quantity }) => ({ capacityUnit: unit, quantity })),
    createdAt: job.createdAt,
    status: state.status,
    statusReason: isEnded ? state.statusReason : serviceWaiting(ledger, job)?.text,
    ...(isEnded && { stoppedAt: state.stoppedAt, isTerminated: true }),
  };
}

/** A service job as lists show it. */
export function serviceJobSummary(ledger: Ledger, job: ServiceJobRecord): ServiceJobSummary {
  return shared(ledger, job);
}

/** A service job as DescribeServiceJob shows it. */
export function serviceJobDetail(ledger: Ledger, { record, payload }: StoredServiceJob): DescribeServiceJobResponse {
  const { retryStrategy, attemptDurationSeconds, preemptionRetries, schedulingPriority } = record;
  return {
    isTerminated: false,
    ...shared(ledger, record),
    attempts: [],
    jobQueue: record.jobQueueArn,
    serviceRequestPayload: payload,
    startedAt: undefined,
    schedulingPriority,
    tags: record.tags,
    retryStrategy: retryStrategy && {
      attempts: retryStrategy.attempts,
      ...(retryStrategy.evaluateOnExit && { evaluateOnExit: [...retryStrategy.evaluateOnExit] }),
    },
    timeoutConfig: attemptDurationSeconds === undefined ? undefined : { attemptDurationSeconds },
    preemptionConfiguration:
      preemptionRetries === undefined ? undefined : { preemptionRetriesBeforeTermination: preemptionRetries },
  };
}
