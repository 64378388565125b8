import type { Tables } from './tables.ts';

/** One change, its values taken when it was committed. Throws `CommitFailed` if the tables do not allow it. */
export type Mutation = (tables: Tables) => void;
