export { type Advance, advance, createJob } from './advance.ts';
export type { Effect } from './effect.ts';
export type { JobEvent } from './job-event.ts';
export { endReasons, stopGraceMilliseconds } from './status-reasons.ts';
