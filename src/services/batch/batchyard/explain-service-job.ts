import { type Scope, scopeOf } from '../../../core/arn.ts';
import { isJobId, serviceJobArn } from '../names.ts';
import { limitNote } from '../resources/time-limits.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { ServiceHeadEnd } from '../service-jobs/heads.ts';
import { serviceWaiting } from '../service-jobs/place.ts';
import { noTrainingEngine } from '../service-jobs/waiting-reason.ts';
import type { ExplainJobOutput } from './explained-job.ts';

/** Says why a service job is where it is; undefined where there is none. */
export async function explainServiceJob(
  { ledger, store, serviceHeads }: BatchRuntime,
  scope: Scope,
  jobId: string,
): Promise<ExplainJobOutput | undefined> {
  const [record] = isJobId(jobId) ? await store.reads.serviceJobs(scopeOf(scope), [jobId]) : [];
  if (!record) return undefined;
  const { state, jobName, createdAt, tags, capacity } = record;
  const waiting = serviceWaiting(ledger, record);
  const text = state.status === 'FAILED' ? state.statusReason : (waiting?.text ?? '');
  const stopped = state.status === 'FAILED' ? { stoppedAt: state.stoppedAt, isTerminated: true } : {};
  const job = {
    jobArn: serviceJobArn(record, record.jobId),
    jobId: record.jobId,
    jobName,
    jobQueue: record.jobQueueArn,
    jobDefinition: undefined,
    status: state.status,
    statusReason: text,
    createdAt,
    startedAt: undefined,
    ...stopped,
    tags,
  };
  return {
    job,
    text,
    waiting: undefined,
    remedy: waiting && `End it with: aws batch terminate-service-job --job-id ${record.jobId} --reason ...`,
    change: undefined,
    engineNotes: [],
    ungranted: [],
    asked: capacity.map(({ unit, quantity }) => `${quantity} ${unit}`).join(', ') || 'nothing that could be counted',
    notes: [
      ...(waiting && waiting.code !== 'NO_TRAINING_ENGINE' ? [noTrainingEngine] : []),
      ...limitNotes(serviceHeads.endOf(record)),
    ],
  };
}

function limitNotes(end: ServiceHeadEnd | undefined): readonly string[] {
  return end ? [limitNote(end.action, end.left)] : [];
}
