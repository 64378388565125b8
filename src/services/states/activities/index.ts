export { createActivity } from './create-activity.ts';
export { deleteActivity } from './delete-activity.ts';
export { describeActivity } from './describe-activity.ts';
export { hasActivity } from './find.ts';
export { getActivityTask } from './get-activity-task.ts';
export { listActivities } from './list-activities.ts';
export { MemoryActivityQueues } from './queues.ts';
export type { ActivityRuntime } from './runtime.ts';
