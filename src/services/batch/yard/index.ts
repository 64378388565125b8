export type { ActiveJob, ChildCounts, Explanation, NewJob, Outlook, UsagePage, Yard } from './contract.ts';
export { endedJobs } from './ended-jobs.ts';
export { logTarget } from './task-logs.ts';
export { JobYard, type YardOptions } from './yard.ts';
