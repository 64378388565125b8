import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { ArrayChildRecord, JobState, NodeRecord } from '../core/job-record.ts';
import type { Fact, FactCursor } from './facts.ts';
import type { LaneItem, LanePlace } from './lanes.ts';
import type { MetricChunk, MetricChunkTrim, RecentPoints } from './metric-points.ts';
import type { DueRow, StoredEvent, StoredFrame } from './queries.ts';
import type { MessageContent, MessageLease, MessagePlace, QueueMessage, SentBefore } from './queue-messages.ts';
import type { StoredRecord } from './record-type.ts';
import type {
  ExecutionRecord,
  ExecutionState,
  IdempotencyRecord,
  JobRecord,
  JobSpecification,
  LogSegmentRecord,
  LogStreamRecord,
  MapRunRecord,
  Tags,
  UsageRecord,
} from './records.ts';
import type { ServiceJobRecord } from './service-jobs.ts';

/** Names a job. */
export interface JobPlace {
  readonly scope: Scope;
  readonly jobId: JobId;
}

/** Names an execution of a state machine. */
export interface ExecutionPlace {
  readonly scope: Scope;
  readonly arn: string;
}

/** Names a log stream. */
export interface StreamPlace {
  readonly scope: Scope;
  readonly groupName: string;
  readonly name: string;
}

/** Every kind of change, with what it holds. One entry here, and one implementation in each driver. */
export interface Changes {
  'record.put': { readonly record: StoredRecord };
  'record.delete': { readonly type: string; readonly scope: Scope; readonly key: string };
  'job.insert': { readonly record: JobRecord; readonly specification: JobSpecification };
  /** `order` is given when the job moves in its queue. */
  'job.update': JobPlace & { readonly state: JobState; readonly order?: number };
  'job.tag': JobPlace & { readonly tags: Tags };
  /** Of an array or a multi-node job the children stay for `forgotten.trim`; nothing shows them any more. */
  'job.delete': JobPlace;
  /** Deletes at most `limit` children and nodes of deleted jobs. */
  'forgotten.trim': { readonly limit: number };
  /**
   * What the children of an array are. `encode` is called once, when the batch closes in which any such change of that
   * array was committed: with all that memory holds then. Does nothing when the job is gone.
   */
  'arrayBits.put': { readonly number: number; readonly encode: () => Uint8Array };
  'arrayChild.put': { readonly record: ArrayChildRecord };
  'node.put': { readonly record: NodeRecord };
  /** With its request. The newest is behind all others of its queue that rank alike. */
  'serviceJob.insert': { readonly record: ServiceJobRecord; readonly payload: string };
  /** Replaces all of it but its request. Does nothing when it is gone. */
  'serviceJob.update': { readonly record: ServiceJobRecord };
  'serviceJob.delete': JobPlace;
  /** Adds to what is known of that hour, queue, definition, share and user; of peaks the higher one stays. */
  'usage.add': { readonly record: UsageRecord };
  /** Deletes at most `limit` rows of hours that began before `before`, the oldest first. */
  'usage.trim': { readonly before: EpochMilliseconds; readonly limit: number };
  /** Sequences only grow. */
  fact: { readonly sequence: number; readonly fact: Fact };
  /** How far a consumer of facts has come. */
  'cursor.put': { readonly consumer: string; readonly cursor: FactCursor };
  /**
   * Deletes the oldest facts, at most `limit`, up to sequence `through`: those of `before` or earlier, and those that
   * `keep` sequences have followed.
   */
  'fact.trim': {
    readonly through: number;
    readonly before: EpochMilliseconds;
    readonly keep: number;
    readonly limit: number;
  };
  /** Work of a kind that is due at a time, in place of what has the same key. */
  'due.put': { readonly of: string } & DueRow;
  /** As `due.put`, but what has the same key and is due as early, or earlier, stays as it is. */
  'due.hasten': { readonly of: string } & DueRow;
  /** Does nothing when there is none. */
  'due.delete': { readonly of: string; readonly key: string };
  /** Puts what waits in a lane, in place of what has the same kind and key. */
  'lane.put': { readonly item: LaneItem };
  /** It waits until another time, after so many tries. Does nothing when it is gone. */
  'lane.again': LanePlace & { readonly dueAt: EpochMilliseconds; readonly tries: number };
  /** Does nothing when there is none. */
  'lane.delete': LanePlace;
  /** Puts a message into a queue of SQS. */
  'message.put': { readonly message: QueueMessage; readonly content: MessageContent };
  /** It was given to somebody, or is to be seen at another time. Does nothing when it is gone. */
  'message.lease': MessagePlace & MessageLease;
  /** It goes into another queue, under another number. Does nothing when it is gone. */
  'message.move': { readonly from: MessagePlace; readonly to: QueueMessage };
  /** With its content. Does nothing when there is none. */
  'message.delete': MessagePlace & { readonly content: number };
  /** Deletes the first messages of a queue with numbers up to `through`, at most `limit`, and their contents. */
  'message.clear': { readonly queue: number; readonly through: number; readonly limit: number };
  'sentBefore.put': { readonly record: SentBefore };
  'sentBefore.delete': { readonly queue: number; readonly key: string };
  /** Deletes at most `limit` of a queue. */
  'sentBefore.clear': { readonly queue: number; readonly limit: number };
  /** Points of metrics as they were put: until chunks hold them. */
  'metricRecent.put': { readonly row: RecentPoints };
  /** Deletes at most `limit` with ids up to `through`, the lowest first. */
  'metricRecent.trim': { readonly through: number; readonly limit: number };
  /** In place of what has the same series, resolution and start. */
  'metricChunk.put': { readonly chunk: MetricChunk };
  'metricChunk.trim': MetricChunkTrim;
  'stream.put': { readonly record: LogStreamRecord };
  'stream.delete': StreamPlace;
  'segment.put': { readonly record: LogSegmentRecord };
  'segment.delete': {
    readonly scope: Scope;
    readonly groupName: string;
    readonly streamName: string;
    readonly file: string;
  };
  'execution.insert': { readonly record: ExecutionRecord; readonly state: ExecutionState };
  'execution.update': ExecutionPlace & { readonly state: ExecutionState };
  /** With its frames, history and map runs. */
  'execution.delete': ExecutionPlace;
  'frame.put': ExecutionPlace & { readonly frame: StoredFrame };
  /** Deletes the frame `id` and all whose ids begin with it and a slash. */
  'frame.delete': ExecutionPlace & { readonly id: string };
  /** Adds events to a history: at least one, ids counting up by one, after those that it has. */
  'history.append': ExecutionPlace & { readonly events: readonly StoredEvent[] };
  'mapRun.put': { readonly record: MapRunRecord };
  'idempotency.put': { readonly record: IdempotencyRecord };
  /** Deletes at most `limit` idempotency records that expired at or before `before`. */
  'idempotency.trim': { readonly before: EpochMilliseconds; readonly limit: number };
}

export type ChangeKind = keyof Changes;

export type ChangeOf<Kind extends ChangeKind> = { readonly kind: Kind } & Changes[Kind];

/** One typed change. All the changes of one `commit` become durable together or not at all. */
export type Change = { readonly [Kind in ChangeKind]: ChangeOf<Kind> }[ChangeKind];
