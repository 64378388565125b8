import type { Scope } from './arn.ts';
import type { EpochMilliseconds, JobId } from './ids.ts';
import type {
  ArrayState,
  Caller,
  Dependency,
  JobRequest,
  Leaf,
  MultiNodeState,
  NodeRange,
  NodeState,
  RetryStrategy,
} from './job.ts';

interface JobCommon extends Scope {
  readonly jobId: JobId;
  /** A positive integer, given by memory's counter and never again: rows of children hang on it. */
  readonly number: number;
  readonly jobName: string;
  readonly jobQueueArn: string;
  /** With its revision. */
  readonly jobDefinitionArn: string;
  readonly createdAt: EpochMilliseconds;
  /** Place in its queue: a stored sequence, never a time. A retried job gets one below all others. */
  readonly order: number;
  readonly shareIdentifier?: string;
  /** 0 unless given. */
  readonly schedulingPriority: number;
  /** Absent for a job that the service itself submitted. */
  readonly submittedBy?: Caller;
  /** As given, for DescribeJobs; what of it is still open is worked out when the job enters memory. */
  readonly dependsOn: readonly Dependency[];
  readonly retryStrategy: RetryStrategy;
  /** Seconds from an attempt's `startedAt` to its stop; absent means no limit. */
  readonly timeoutSeconds?: number;
  /** What is asked of the scheduler at once: for an array of one child, for a multi-node job of all its nodes. */
  readonly resources: JobRequest;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a multi-node job is made of. */
export interface NodeColumns {
  /** How many nodes, 1 to 1,000. */
  readonly size: number;
  readonly mainNode: number;
  /** What each node asks for: every node is in one range, in order. Their sum is `resources`. */
  readonly ranges: readonly NodeRange[];
}

/** What differs between the kinds of jobs. */
type KindColumns =
  | { readonly kind: 'single'; readonly state: Leaf }
  /** `size` children, 2 to 10,000. */
  | { readonly kind: 'array'; readonly size: number; readonly state: ArrayState }
  | ({ readonly kind: 'multiNode'; readonly state: MultiNodeState } & NodeColumns);

/** A job as it is stored: what never changes, its order, its tags and its state. */
export type JobRecord = JobCommon & KindColumns;

/** What jobs have in common that were submitted alike, as far as memory needs it. Never changes. */
export interface JobTraits
  extends Pick<
    JobCommon,
    'jobQueueArn' | 'jobDefinitionArn' | 'schedulingPriority' | 'dependsOn' | 'retryStrategy' | 'resources'
  > {
  readonly scope: Scope;
  readonly shareIdentifier: string | undefined;
  readonly timeoutSeconds: number | undefined;
  /** ARN of who submitted it, or of the role whose session did: in whose name it counts as usage. */
  readonly user: string | undefined;
}

/** A job that has not ended, as memory takes it in: without name, tags and specification. Many may share their traits. */
export type UnfinishedJob = Pick<JobCommon, 'jobId' | 'number' | 'createdAt' | 'order'> & {
  readonly traits: JobTraits;
} & KindColumns;

/** What memory takes in of a job. */
export function unfinishedOf(record: JobRecord): UnfinishedJob {
  const { jobId, number, createdAt, order } = record;
  const own = { jobId, number, createdAt, order, traits: traitsOf(record) };
  switch (record.kind) {
    case 'single':
      return { kind: 'single', ...own, state: record.state };
    case 'array':
      return { kind: 'array', ...own, size: record.size, state: record.state };
    case 'multiNode': {
      const { size, mainNode, ranges, state } = record;
      return { kind: 'multiNode', ...own, size, mainNode, ranges, state };
    }
  }
}

function traitsOf(record: JobRecord): JobTraits {
  return {
    scope: { account: record.account, region: record.region },
    jobQueueArn: record.jobQueueArn,
    jobDefinitionArn: record.jobDefinitionArn,
    shareIdentifier: record.shareIdentifier,
    schedulingPriority: record.schedulingPriority,
    user: record.submittedBy?.role ?? record.submittedBy?.principal,
    dependsOn: record.dependsOn,
    retryStrategy: record.retryStrategy,
    timeoutSeconds: record.timeoutSeconds,
    resources: record.resources,
  };
}

export type JobKind = JobRecord['kind'];
export type JobState = JobRecord['state'];

/** A child of an array that has something of its own: its bits say that there is such a row. */
export interface ArrayChildRecord {
  /** The array's. */
  readonly number: number;
  readonly index: number;
  readonly state: Leaf;
  /** Its own place in the queue, once it has been retried; until then it has the array's. */
  readonly order?: number;
}

/** A node of a multi-node job that has been started at least once. */
export interface NodeRecord {
  /** The job's. */
  readonly number: number;
  readonly index: number;
  readonly state: NodeState;
}
