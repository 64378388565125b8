export type { SchedulerOperationName } from './bindings.ts';
export type { MissedSlots } from './firing/index.ts';
export { schedulerRecords } from './records.ts';
export { createScheduler } from './service.ts';
