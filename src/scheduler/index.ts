export { blockedWords } from './blocked-words.ts';
export { amountWords, describeHopeless, describeLimit, describeReason, describeVerdict } from './describe-reason.ts';
export { interruptedAfter } from './fleet/index.ts';
export type { Limit } from './pool.ts';
export {
  type Decision,
  type PlaceDecision,
  type PlaceGangDecision,
  type Plan,
  Scheduler,
  type SchedulerStats,
  type Trial,
} from './scheduler.ts';
export type { ConsumableSettings, HeldPlaceId, PoolSettings, SchedulerEvent } from './scheduler-event.ts';
export { type BlockedChange, type HeadReason, hopelessOf, type WaitingReason } from './waiting-reason.ts';
