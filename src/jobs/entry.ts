import type { Scope } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type {
  ArrayState,
  JobRequest,
  Leaf,
  MultiNodeState,
  NodeState,
  Placement,
  ResourceRequest,
  RetryStrategy,
} from '../core/job.ts';
import type { NodeColumns } from '../core/job-record.ts';
import type { ChildStates } from './child-states.ts';
import type { JobTransaction } from './transaction.ts';

/** What memory holds of every job that has not ended: its specification, names and tags stay in the store. */
export interface EntryCommon {
  readonly scope: Scope;
  readonly jobId: JobId;
  readonly number: number;
  readonly jobQueueArn: string;
  readonly jobDefinitionArn: string;
  /** ARN of who submitted it, or of the role whose session did: in whose name it counts as usage. */
  readonly user: string | undefined;
  readonly createdAt: EpochMilliseconds;
  order: number;
  /** As in `JobRecord`. */
  readonly resources: JobRequest;
  readonly retryStrategy: RetryStrategy;
  readonly timeoutSeconds: number | undefined;
  readonly shareIdentifier: string | undefined;
  readonly schedulingPriority: number;
  /** Ids that it depends on, as long as it may wait for them. */
  names: readonly JobId[];
  /** Dependencies that have not succeeded; those between children of arrays are counted by child. */
  open: number;
  /** The transaction that may take its changes back. */
  touchedIn: JobTransaction | undefined;
}

export interface SingleEntry extends EntryCommon {
  readonly kind: 'single';
  state: Leaf;
  /** The scheduler has decided a place that is not yet in `state`. */
  decided: number;
}

/** A child that has something of its own and has not ended. */
export interface LiveChild {
  readonly leaf: Leaf;
  /** Its own place in the queue, once it has been retried. */
  readonly order?: number;
}

export interface ArrayEntry extends EntryCommon {
  readonly kind: 'array';
  state: ArrayState;
  readonly children: ChildStates;
  readonly live: Map<number, LiveChild>;
  /** How many of them are RUNNABLE at a place in the queue of their own. */
  ownWaiting: number;
  /** Decisions for the array's own element that are not yet placed. */
  decided: number;
  /** Retried children for which a place is decided; once the array is stopped, also those for which one was. */
  readonly decidedChildren: Set<number>;
  /** Why none of its children could ever run, while it is taken in. */
  rejection: string | undefined;
  /** The transaction that writes its bits. */
  bitsIn: JobTransaction | undefined;
  /** No child below it can be picked. */
  firstRunnable: number;
  /** When the status of a child changed last. */
  changedAt: EpochMilliseconds;
  /** When children first fell together with a dependency. */
  fellAt: EpochMilliseconds | undefined;
  /** Each child waits for the one before it; all below `sequenceAt` have succeeded. */
  readonly isSequential: boolean;
  sequenceAt: number;
  /** The lowest child that has failed; its size while none has. Those after it fall if they wait in sequence. */
  firstFailed: number;
  /** Arrays whose child of the same index each child waits for: how many of them have not succeeded. */
  openPairs: Uint8Array | undefined;
}

export interface GangEntry extends EntryCommon, NodeColumns {
  readonly kind: 'multiNode';
  state: MultiNodeState;
  readonly nodes: Map<number, NodeState>;
  decided: number;
}

export type JobEntry = SingleEntry | ArrayEntry | GangEntry;

/** Where a job stands in its queue, and what it asks for there. */
export interface Seat {
  readonly queueArn: string;
  readonly request: JobRequest;
  readonly share: string | undefined;
  readonly priority: number;
  readonly timeoutSeconds: number | undefined;
}

export function seatOf(job: EntryCommon): Seat {
  const { jobQueueArn: queueArn, resources: request, shareIdentifier: share, timeoutSeconds } = job;
  return { queueArn, request, share, priority: job.schedulingPriority, timeoutSeconds };
}

/** What one node asks for. */
export function nodeRequest({ jobId, ranges }: GangEntry, index: number): ResourceRequest {
  const range = ranges.find(({ first, last }) => first <= index && index <= last);
  invariant(range, `no range of job ${jobId} has node ${index}`);
  return range.resources;
}

/** The state if it holds a task. */
export function placedLeaf(leaf: Leaf | undefined): Extract<Leaf, { readonly placement: Placement }> | undefined {
  return leaf && 'placement' in leaf ? leaf : undefined;
}

export const noNames: readonly JobId[] = [];
