import type { JobStatus } from '../../core/job.ts';

/** The colour of each job state. */
const colours = {
  SUBMITTED: 'gray',
  PENDING: 'gray',
  RUNNABLE: 'yellow',
  STARTING: 'cyan',
  RUNNING: 'blue',
  SUCCEEDED: 'green',
  FAILED: 'red',
} as const satisfies Record<JobStatus, string>;

/** The colour to show a state in; `gray` for one that this version does not know. */
export function statusColour(status: string | undefined): (typeof colours)[JobStatus] {
  return colours[status as JobStatus] ?? 'gray';
}
