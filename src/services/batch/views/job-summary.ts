import type { JobSummary } from '@aws-sdk/client-batch';
import { isTerminal } from '../../../core/job.ts';
import type { JobRecord } from '../../../store/index.ts';
import { jobArn } from '../names.ts';
import type { Yard } from '../yard/index.ts';
import { attemptsOf, reasonOf, startedAt } from './job-detail.ts';

/** A job as ListJobs shows it. */
export function jobSummary(record: JobRecord, waitingText: string | undefined): JobSummary {
  const { state } = record;
  const container = attemptsOf(state).at(-1)?.containers[0];
  return {
    jobArn: jobArn(record, record.jobId),
    jobId: record.jobId,
    jobName: record.jobName,
    createdAt: record.createdAt,
    shareIdentifier: record.shareIdentifier,
    status: state.status,
    statusReason: waitingText ?? reasonOf(state),
    startedAt: startedAt(state),
    stoppedAt: isTerminal(state.status) && 'stoppedAt' in state ? state.stoppedAt : undefined,
    container: container && { exitCode: container.exitCode, reason: container.reason },
    jobDefinition: record.jobDefinitionArn,
    ...(state.stop?.kind === 'cancel' ? { isCancelled: true } : {}),
    ...(state.stop?.kind === 'terminate' ? { isTerminated: true } : {}),
  };
}

/** Why a job that waits does so, in one line; undefined for others. */
export function waitingText(yard: Yard, { jobId, state: { status } }: JobRecord): string | undefined {
  if (status !== 'PENDING' && status !== 'RUNNABLE') return undefined;
  return yard.explain(jobId)?.text;
}
