import type { EpochMilliseconds } from '../core/ids.ts';
import type { ArrayState, Leaf } from '../core/job.ts';
import { pendingLeaf, runnableLeaf, statusReasons } from '../lifecycle/index.ts';
import { type ChildCode, childCode } from './child-states.ts';

/** What the store says of an array, as far as its children need it that have no row. */
interface StoredArray {
  readonly state: ArrayState;
  /** When children first fell together. */
  readonly fellAt?: EpochMilliseconds;
}

/** A child that has no row, as its code and its array tell. Throws for a code of one that has. */
export function leafWithoutRow(code: ChildCode, array: StoredArray): Leaf {
  switch (code) {
    case childCode.pending:
      return pendingLeaf;
    case childCode.runnable:
      return runnableLeaf;
    case childCode.fallen:
      return failed(statusReasons.dependencyFailed, array.fellAt);
    case childCode.stopped:
      return stoppedLeaf(array);
    default:
      throw new Error(`a child with code ${code} has a row`);
  }
}

/** It ended with its array's stop, or because its array was rejected when it was submitted. */
function stoppedLeaf({ state }: StoredArray): Leaf {
  const { stop } = state;
  if (stop) return { ...failed(stop.reason, stop.at), stop };
  return 'stoppedAt' in state ? failed(state.statusReason, state.stoppedAt) : failed(undefined, undefined);
}

function failed(reason: string | undefined, stoppedAt: EpochMilliseconds = 0): Leaf {
  return { status: 'FAILED', attempts: [], ...(reason === undefined ? {} : { statusReason: reason }), stoppedAt };
}
