import type { AttemptRecord } from '../../../core/job.ts';
import type { ShownState } from '../shown-jobs.ts';

/** Finished attempts; an array's own are its children's. */
export function attemptsOf(state: ShownState): readonly AttemptRecord[] {
  return 'attempts' in state ? state.attempts : [];
}
