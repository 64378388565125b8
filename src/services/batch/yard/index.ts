export type { ActiveJob, ChildCounts, ConsumablePlace, Explanation, NewJob, Yard } from './contract.ts';
export { endedJobs } from './ended-jobs.ts';
export type { AccessPoint, FileSystems } from './file-systems.ts';
export type { StopOutcome } from './stop-running.ts';
export { logTarget } from './task-logs.ts';
export { JobYard, type YardOptions } from './yard.ts';
