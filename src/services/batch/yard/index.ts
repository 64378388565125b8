export type { ActiveJob, ChildCounts, ConsumablePlace, Explanation, NewJob, Yard } from './contract.ts';
export { endedJobs } from './ended-jobs.ts';
export { logTarget } from './task-logs.ts';
export { JobYard, type YardOptions } from './yard.ts';
