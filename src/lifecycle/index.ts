export { type Advance, advance, createJob, effectsAfterRestart } from './advance.ts';
export type { Effect } from './effect.ts';
export type { JobEvent } from './job-event.ts';
export { endReasons, statusReasons, stopGraceMilliseconds } from './status-reasons.ts';
