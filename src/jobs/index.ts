export { decodeChildren, encodeChildren } from './child-codec.ts';
export { type ArrayEntry, type GangEntry, type JobEntry, placedLeaf, type SingleEntry } from './entry.ts';
export type { JobFact } from './fact.ts';
export { type JobReference, Jobs, type PlaceToFill, placementOf, unitsPerTurn } from './jobs.ts';
export type { LoadedJob } from './loading.ts';
export type * from './ports.ts';
export type { NewJob } from './submission.ts';
