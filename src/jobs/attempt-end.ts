import type { EpochMilliseconds } from '../core/ids.ts';
import type { Leaf, MultiNodeState } from '../core/job.ts';

/** When what runs is ended at the latest, as far as that is known: it is being stopped since, or its timeout strikes then. */
export function attemptEnd(state: Leaf | MultiNodeState): EpochMilliseconds | undefined {
  if (state.status !== 'STARTING' && state.status !== 'RUNNING') return undefined;
  if (state.stop) return state.stop.at;
  if (state.status === 'STARTING') return undefined;
  return ('ending' in state ? state.ending?.at : undefined) ?? state.deadline;
}
