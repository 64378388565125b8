export { JobAccess, type JobAccessOptions, type JobTasks, type S3Keys } from './job-access.ts';
