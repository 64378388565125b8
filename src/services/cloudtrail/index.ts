export { directoryStore, type FileStore, s3Store } from './delivery/index.ts';
export { cloudTrailRecords, trailKeysAtRest } from './records.ts';
export { type CloudTrailOperationName, createCloudTrail } from './service.ts';
