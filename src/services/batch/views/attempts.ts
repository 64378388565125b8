import type { AttemptRecord } from '../../../core/job.ts';
import type { JobState } from '../../../core/job-record.ts';

/** Finished attempts; an array's own are its children's. */
export function attemptsOf(state: JobState): readonly AttemptRecord[] {
  return 'attempts' in state ? state.attempts : [];
}
