export { advanceLeaf } from './advance-leaf.ts';
export { type ArrayEffect, type ArrayEvent, advanceArray } from './array-table.ts';
export { unseenOutcomes } from './attempt.ts';
export type { Effect } from './effect.ts';
export type { LeafEvent, StopEvent, TaskEnd, TaskEvent } from './leaf-event.ts';
export {
  advanceMultiNode,
  type MultiNodeEffect,
  type MultiNodeEvent,
  multiNodePhase,
} from './multi-node-table.ts';
export { advanceNode, isPlacedNode, type NodeEvent } from './node-table.ts';
export { type LeafTerms, type Outcome, pendingLeaf, runnableLeaf } from './outcome.ts';
export { decidingContainer } from './retry.ts';
export { endReasons, statusReasons, stopGraceMilliseconds } from './status-reasons.ts';
