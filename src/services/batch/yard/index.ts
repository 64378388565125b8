export type {
  ActiveJob,
  ChildCounts,
  ConsumablePlace,
  CountedTask,
  Explanation,
  MeasuredTask,
  NewJob,
  Outlook,
  PlacedInstance,
  QueueSnapshot,
  QueueState,
  TaskUsage,
  UsagePage,
  Yard,
  YardInstances,
} from './contract.ts';
export { endedJobs } from './ended-jobs.ts';
export type { AccessPoint, FileSystems } from './file-systems.ts';
export { containerInstanceArn } from './placement.ts';
export type { Activity, QueueActivity, RecentFailures } from './recent-activity.ts';
export type { ShownTask, ShownTasks } from './shown-tasks.ts';
export type { StopOutcome } from './stop-running.ts';
export { launchTypeOf } from './task-description.ts';
export { logTarget } from './task-logs.ts';
export { JobYard } from './yard.ts';
export type { YardOptions } from './yard-options.ts';
