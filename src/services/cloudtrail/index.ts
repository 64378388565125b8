export { type CloudTrailOperationName, createCloudTrail } from './service.ts';
