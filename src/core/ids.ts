/** A string that the compiler keeps apart from every other string, so that a job id is never passed for a task id. */
export type Branded<Name extends string> = string & { readonly __brand: Name };

/** Twelve digits. */
export type AccountId = Branded<'AccountId'>;
/** Such as `us-east-1`. Any region comes to life on first use. */
export type Region = Branded<'Region'>;
/** Any ARN; parse and build them with `core/arn.ts`. */
export type Arn = Branded<'Arn'>;
/** A UUID (version 7, so that ids sort by time). Array children and nodes add `:index` or `#index`. */
export type JobId = Branded<'JobId'>;
/** One attempt of one node of a job, fresh for each attempt: 32 hexadecimal digits, as an ECS task id. */
export type TaskId = Branded<'TaskId'>;
/** Identifies one data directory (or shared store) for ever; engines refuse calls from another. */
export type InstallationId = Branded<'InstallationId'>;
/** Milliseconds since 1970-01-01T00:00Z, by the wall clock. */
export type EpochMilliseconds = number;
/** A length of time in milliseconds. */
export type Milliseconds = number;
