export type { DescribeArrayOutput } from './batchyard/describe-array.ts';
export type { DescribeInstallationOutput } from './batchyard/describe-installation.ts';
export type { DescribeInstanceTypesOutput } from './batchyard/describe-instance-types.ts';
export type { ExplainJobOutput } from './batchyard/explained-job.ts';
export type { GetOverviewOutput } from './batchyard/get-overview.ts';
export type { ImportImagesOutput, PruneImagesOutput, PullImageOutput, ShownImage } from './batchyard/images.ts';
export type {
  CloseInstanceOutput,
  DescribedInstance,
  ListInstancesOutput,
  ShownInstance,
} from './batchyard/instances.ts';
export type { GetJobTimelineOutput } from './batchyard/job-timeline.ts';
export type { ListQueuesOutput, ShownQueue } from './batchyard/list-queues.ts';
export type { ListUsageOutput, UsageGroup, UsageKind } from './batchyard/list-usage.ts';
export type { QueueHoldOutput } from './batchyard/queue-holds.ts';
export type { CountJobsOutput, SearchedFor, SearchedJob, SearchJobsOutput } from './batchyard/search-jobs.ts';
export { createInstanceRegistry } from './container-instances.ts';
export { createBatchEvents, environmentEvents } from './events/index.ts';
export { ContainerInsights, type InsightValue, insightMetrics } from './insights/container-insights.ts';
export { createLaunchedInstances } from './launched-instances.ts';
export { awsQuotas, type BatchQuotas, defaultQuotas } from './quotas.ts';
export * from './records.ts';
export type { AccountRoles } from './resources/account-roles.ts';
export { roleProblemWords, serviceRoleProblem } from './resources/service-role.ts';
export type { EngineChoice } from './runtime.ts';
export { type BatchService, createBatchService } from './service.ts';
export { createTaskViews, instancesShown } from './task-views.ts';
export { type AccessPoint, type FileSystems, JobYard, type StopOutcome, type YardOptions } from './yard/index.ts';
