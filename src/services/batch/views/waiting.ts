import type { JobRecord } from '../../../core/job-record.ts';
import type { Yard } from '../yard/index.ts';

/** Why a job that waits does so, in one line; undefined for others. */
export function waitingText(yard: Yard, { jobId, state: { status } }: JobRecord): string | undefined {
  if (status !== 'PENDING' && status !== 'RUNNABLE') return undefined;
  return yard.explain(jobId)?.text;
}
