import type { RequestContext } from '../../../core/operation.ts';
import { newJobId } from '../../../core/random.ts';
import type { ServiceJobRecord, ServiceRetryStrategy } from '../../../store/index.ts';
import { checkSchedulingPriority } from '../definition/definition.ts';
import { findSchedulingPolicy, isName } from '../names.ts';
import { callerOf } from '../operation.ts';
import { type JobQueueRecord, quotaShareRecords, shareKey } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { SubmitServiceJobInput } from '../schemas/service-job.ts';

import { submittableQueue } from '../submission/target.ts';
import { checkTags } from '../tags.ts';
import { trainingCapacity } from './capacity.ts';

const mostAttempts = 10;
const mostRules = 5;
const longestPattern = 512;
const sharePattern = /^[a-zA-Z0-9_-]{1,255}$/;

/** Every rule that one look at the input tells. The words: as of jobs. */
export function checkServiceInput({ quotas }: BatchRuntime, input: SubmitServiceJobInput): void {
  demand(isName(input.jobName), 'Job name should match valid pattern');
  checkSchedulingPriority(input.schedulingPriority);
  checkRetryStrategy(input.retryStrategy);
  const { attemptDurationSeconds: seconds = 1 } = input.timeoutConfig ?? {};
  demand(seconds >= 1, 'AttemptDurationSeconds in TimeoutConfig must be at least 1 second.');
  const { preemptionRetriesBeforeTermination: retries = 0 } = input.preemptionConfiguration ?? {};
  demand(retries >= 0, 'PreemptionRetriesBeforeTermination must not be negative.');
  checkTags(input.tags, quotas.tagsPerResource);
}

/** AWS's guide, "Service job retry strategies". Of service jobs no words are reported: those of jobs. */
function checkRetryStrategy(given: ServiceRetryStrategy | undefined): void {
  if (!given) return;
  const { attempts, evaluateOnExit = [] } = given;
  demand(attempts >= 1 && attempts <= mostAttempts, `RetryAttempts must be between 1 and ${mostAttempts}.`);
  demand(evaluateOnExit.length <= mostRules, `evaluateOnExit can have at most ${mostRules} entries.`);
  for (const { onStatusReason = '' } of evaluateOnExit) {
    const fits = onStatusReason.length <= longestPattern;
    demand(fits, `Evaluate on exit condition cannot exceed ${longestPattern} characters.`);
  }
}

/** Makes the service job that a checked submission asks for, or refuses it because of what is, or is not, there. */
export function newServiceJob(
  { ledger, clock, random }: BatchRuntime,
  context: RequestContext,
  input: SubmitServiceJobInput,
): ServiceJobRecord {
  const queue = submittableQueue(ledger, context, input.jobQueue);
  // No words are reported of AWS.
  if (!queue.serviceEnvironmentOrder) refuse(`Job Queue ${queue.arn} is not of type SAGEMAKER_TRAINING.`);
  checkShares(ledger, queue, input);
  const createdAt = clock.now();
  const { schedulingPriority, shareIdentifier, quotaShareName, retryStrategy } = input;
  const attemptDurationSeconds = input.timeoutConfig?.attemptDurationSeconds;
  const preemptionRetries = input.preemptionConfiguration?.preemptionRetriesBeforeTermination;
  return {
    account: queue.account,
    region: queue.region,
    jobId: newJobId(createdAt, random),
    jobName: input.jobName,
    jobQueueArn: queue.arn,
    serviceJobType: input.serviceJobType,
    createdAt,
    rank: rankOf(queue, schedulingPriority),
    capacity: trainingCapacity(input.serviceRequestPayload),
    submittedBy: callerOf(context),
    tags: input.tags ?? {},
    state: { status: 'RUNNABLE' },
    ...(schedulingPriority !== undefined && { schedulingPriority }),
    ...(shareIdentifier !== undefined && { shareIdentifier }),
    ...(quotaShareName !== undefined && { quotaShareName }),
    ...(retryStrategy && { retryStrategy }),
    ...(attemptDurationSeconds !== undefined && { attemptDurationSeconds }),
    ...(preemptionRetries !== undefined && { preemptionRetries }),
  };
}

/** A queue without policy is first in, first out. */
export function rankOf({ schedulingPolicyArn }: JobQueueRecord, priority = 0): number {
  return schedulingPolicyArn === undefined ? 0 : priority;
}

/** Whose a service job is depends on the policy of its queue, which is never of another type (spec 09, 2026-03-19). */
function checkShares(ledger: BatchRuntime['ledger'], queue: JobQueueRecord, input: SubmitServiceJobInput): void {
  const { shareIdentifier, quotaShareName } = input;
  const policy = findSchedulingPolicy(ledger, queue, queue.schedulingPolicyArn ?? '');
  if (policy?.quotaSharePolicy) {
    if (shareIdentifier !== undefined) refuseShare();
    checkQuotaShare(ledger, queue, quotaShareName);
    return;
  }
  if (quotaShareName !== undefined) {
    refuse('Job with quotaShareName can only be submitted to job queue with quota share scheduling policy.');
  }
  if (queue.schedulingPolicyArn === undefined && shareIdentifier !== undefined) refuseShare();
  if (queue.schedulingPolicyArn === undefined) return;
  if (shareIdentifier === undefined) refuse('shareIdentifier must be specified.');
  demand(sharePattern.test(shareIdentifier), 'ShareIdentifier name should match a valid pattern.');
}

/** Worded as of a job. */
function refuseShare(): never {
  refuse('Job with shareIdentifier can only be submitted to job queue with fair share scheduling policy.');
}

function checkQuotaShare(ledger: BatchRuntime['ledger'], queue: JobQueueRecord, name: string | undefined): void {
  if (name === undefined) refuse('quotaShareName must be specified.');
  const share = ledger.get(quotaShareRecords, queue, shareKey(queue.name, name));
  if (!share) refuse(`Quota share ${name} not found.`);
  if (share.status === 'DELETING') refuse(`Quota share ${share.arn} is being deleted.`);
  if (share.state === 'DISABLED') refuse(`Quota share ${share.arn} is disabled.`);
}
