export { decodeChildren } from './child-codec.ts';
export { type ChildCode, hasRow, isEndedCode } from './child-states.ts';
export type { JobEntry } from './entry.ts';
export type { FactPart, JobFact } from './fact.ts';
export { type HeldTask, heldTask, type JobReference, Jobs, type PlaceToFill } from './jobs.ts';
export type { LoadedJob } from './loading.ts';
export type * from './ports.ts';
export type { NewJob } from './submission.ts';
export type * from './transaction.ts';
