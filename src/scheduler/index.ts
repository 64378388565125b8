export { amountOf } from './amount.ts';
export { blockedWords, insufficientCapacity } from './blocked-words.ts';
export { describeChange } from './describe-change.ts';
export { amountWords, describeHopeless, describeLimit, describeReason, describeVerdict } from './describe-reason.ts';
export type { Decay } from './fair-share/decay.ts';
export { type FairSharePolicy, fairShareSettings, policyProblem } from './fair-share/policy.ts';
export {
  type AllocationStrategy,
  describeLaunch,
  describeScaleIn,
  type FleetInstance,
  type FleetOptions,
  instanceIdOf,
  interruptedAfter,
  type LaunchDecision,
  type LaunchType,
  registeredFleet,
  type StoredFleet,
  type StoredInstance,
} from './fleet/index.ts';
export type { EndDecision, InstanceDecision, ReserveDecision } from './instance-plan.ts';
export type { CopiedShare, WaitingShare } from './model-copy.ts';
export type { Limit } from './pool.ts';
export {
  environmentSettings,
  queueSettings,
  type SchedulableEnvironment,
  type SchedulableQueue,
} from './resource-settings.ts';
export {
  type ActiveShares,
  type Decision,
  type IdleInstanceName,
  type PlaceDecision,
  type PlaceGangDecision,
  type Plan,
  type QueueStanding,
  Scheduler,
  type SchedulerStats,
  type Trial,
} from './scheduler.ts';
export type {
  ConsumableSettings,
  FairShareSettings,
  HeldPlaceId,
  PoolSettings,
  QueuedJob,
  SchedulerEvent,
  ShareName,
  StoredShare,
} from './scheduler-event.ts';
export {
  type BlockedChange,
  type HeadReason,
  type HopelessReason,
  hopelessOf,
  jobBefore,
  type WaitingReason,
} from './waiting-reason.ts';
