export type { CallService } from './call-service.ts';
export { EventQueue } from './event-queue.ts';
export { Invoker } from './invoker.ts';
export { JobEvents } from './job-events.ts';
export { JobRunner } from './job-runner.ts';
export { largestEvent, largestUrlEvent } from './limits.ts';
export type { Invocation } from './outcome.ts';
export { UrlRunner } from './url-runner.ts';
