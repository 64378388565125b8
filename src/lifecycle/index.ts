export { advanceLeaf } from './advance-leaf.ts';
export type { Effect } from './effect.ts';
export type { LeafEvent, StopEvent, TaskEvent } from './leaf-event.ts';
export { type LeafTerms, type Outcome, pendingLeaf, runnableLeaf } from './outcome.ts';
export { endReasons, stopGraceMilliseconds } from './status-reasons.ts';
