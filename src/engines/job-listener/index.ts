export type { JobUser } from './forwarder-words.ts';
export { type JobListenerWay, JobListenerWays, type WaysSetting } from './job-listener-ways.ts';
