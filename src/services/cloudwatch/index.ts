export type { OwnMetrics, OwnValue } from './own-metrics.ts';
export { cloudWatchRecords } from './records.ts';
export {
  type CloudWatchOperationName,
  type CloudWatchOptions,
  type CloudWatchService,
  createCloudWatch,
} from './service.ts';
