import type { EpochMilliseconds } from '../core/ids.ts';
import { type StoredStatus, storedStatuses } from '../core/job.ts';
import { decodeChildren } from './child-codec.ts';
import { ChildStates } from './child-states.ts';

/** How many children of an array have each status, and when that changed last. */
export interface ChildCounts {
  readonly counts: Readonly<Record<StoredStatus, number>>;
  readonly changedAt: EpochMilliseconds;
}

export function countsOf(children: ChildStates): ChildCounts['counts'] {
  const counts = storedStatuses.map((status) => [status, children.countOf(status)] as const);
  return Object.fromEntries(counts) as Record<StoredStatus, number>;
}

/** The same from what is stored of an array of `size` children. */
export function storedCounts(bits: Uint8Array, size: number): ChildCounts {
  const { codes, changedAt } = decodeChildren(bits, size);
  return { counts: countsOf(new ChildStates(codes)), changedAt };
}
