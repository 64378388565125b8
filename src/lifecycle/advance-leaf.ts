import type { Leaf } from '../core/job.ts';
import type { LeafEvent } from './leaf-event.ts';
import { leafTable } from './leaf-table.ts';
import { type LeafTerms, type Outcome, unchanged } from './outcome.ts';
import { type Cell, transitionOf } from './table.ts';

type LeafTransition = (leaf: Leaf, event: LeafEvent, terms: LeafTerms) => Outcome;

/**
 * Applies an event by `leafTable`. Pure: `leaf` is never changed, and comes back as it is when nothing changes. Throws
 * `InvariantViolation` for an event that cannot happen in that state.
 */
export function advanceLeaf(leaf: Leaf, event: LeafEvent, terms: LeafTerms): Outcome {
  // The table's type ties each cell to its state and event; indexing by unions loses the tie.
  const cell = leafTable[leaf.status][event.kind] as Cell<LeafTransition>;
  const transition = transitionOf(cell, event.kind, `job ${terms.jobId} in ${leaf.status}`);
  return transition ? transition(leaf, event, terms) : unchanged(leaf);
}
