import type { Call } from '../../api/protocol.ts';

/** A job, as far as an act needs it. */
export interface ActedOn {
  readonly jobId?: string | undefined;
  readonly jobName?: string | undefined;
  readonly status?: string | undefined;
}

interface ActRule {
  /** Keys of its button, which has the number of jobs, and of what it leaves out. */
  readonly label: string;
  readonly leftOut: string;
  /** Whether it can be done to a job as that is. */
  takes(job: ActedOn): boolean;
  /** The calls that do it to all of them. */
  calls(jobs: readonly ActedOn[], reason: string): readonly Call[];
  /** Whether it wants a reason. */
  readonly isStop: boolean;
}

const waiting: ReadonlySet<string> = new Set(['SUBMITTED', 'PENDING', 'RUNNABLE']);
const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED']);
/** Jobs of one call of CancelJobs or TerminateJobs. */
const jobsPerCall = 50;

export type JobAct = 'cancel' | 'terminate' | 'rerun';

export const jobActs: Readonly<Record<JobAct, ActRule>> = {
  cancel: {
    label: 'jobs.act.cancel',
    leftOut: 'jobs.act.cancel.left-out',
    takes: ({ status = '' }) => waiting.has(status),
    calls: (jobs, reason) => stopCalls('CancelJobs', jobs, reason),
    isStop: true,
  },
  terminate: {
    label: 'jobs.act.terminate',
    leftOut: 'jobs.act.terminate.left-out',
    takes: ({ status = '' }) => !ended.has(status),
    calls: (jobs, reason) => stopCalls('TerminateJobs', jobs, reason),
    isStop: true,
  },
  rerun: {
    label: 'jobs.act.rerun',
    leftOut: 'jobs.act.rerun.left-out',
    takes: () => true,
    calls: (jobs) =>
      jobs.map(({ jobId = '' }): Call => ({ service: 'batchyard', operation: 'RerunJob', input: { jobId } })),
    isStop: false,
  },
};

function stopCalls(operation: string, all: readonly ActedOn[], reason: string): readonly Call[] {
  const calls: Call[] = [];
  for (let from = 0; from < all.length; from += jobsPerCall) {
    const jobs = all.slice(from, from + jobsPerCall).flatMap(({ jobId }) => jobId ?? []);
    calls.push({ service: 'batch', operation, input: { jobs, reason } });
  }
  return calls;
}
