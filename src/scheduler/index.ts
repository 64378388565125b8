export { describeReason } from './describe-reason.ts';
export { type Decision, type FrontJob, type Plan, Scheduler, type SchedulerStats } from './scheduler.ts';
export type { SchedulerEvent } from './scheduler-event.ts';
export type { Limit, WaitingReason } from './waiting-reason.ts';
