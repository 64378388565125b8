import type {
  ComputeEnvironmentOrder,
  ComputeResource,
  JobStateTimeLimitAction,
  RegisterJobDefinitionRequest,
} from '@aws-sdk/client-batch';
import type { EncryptionConfiguration, LoggingConfiguration, TracingConfiguration } from '@aws-sdk/client-sfn';
import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { JobStatus } from '../core/job.ts';

export type { JobRecord } from '../core/job-record.ts';
export type { JobSpecification } from '../core/job-specification.ts';

/** Tags of a resource: deleted with it. */
export type Tags = Readonly<Record<string, string>>;

/** What every stored record carries: its place, its key within its type and scope, and the version of its JSON. */
interface StoredRecord extends Scope {
  readonly formatVersion: 1;
}

/** A compute environment (spec 04). Key: its name. */
export interface ComputeEnvironmentRecord extends StoredRecord {
  readonly type: 'computeEnvironment';
  readonly name: string;
  readonly uuid: string;
  readonly arn: string;
  readonly ecsClusterArn: string;
  readonly kind: 'MANAGED' | 'UNMANAGED';
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: 'CREATING' | 'UPDATING' | 'VALID' | 'INVALID' | 'DELETING';
  readonly statusReason: string;
  readonly serviceRole?: string;
  readonly unmanagedvCpus?: number;
  readonly computeResources?: ComputeResource;
  readonly context?: string;
  /** Resolved once, at creation; never changes. */
  readonly engine: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** A job queue (spec 03 §9). Key: its name. */
export interface JobQueueRecord extends StoredRecord {
  readonly type: 'jobQueue';
  readonly name: string;
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: 'CREATING' | 'UPDATING' | 'VALID' | 'INVALID' | 'DELETING';
  readonly statusReason: string;
  readonly priority: number;
  /** Compute environment ARNs, in ascending `order`. */
  readonly computeEnvironmentOrder: readonly ComputeEnvironmentOrder[];
  readonly jobStateTimeLimitActions: readonly JobStateTimeLimitAction[];
  readonly schedulingPolicyArn?: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** One revision of a job definition (spec 02). Key: `name:revision`. */
export interface JobDefinitionRecord extends StoredRecord {
  readonly type: 'jobDefinition';
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  /** The request as given, less name and tags: read back exactly. */
  readonly request: Omit<RegisterJobDefinitionRequest, 'jobDefinitionName' | 'tags'>;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  /** When it was deregistered; kept 180 days from then. */
  readonly deregisteredAt?: EpochMilliseconds;
}

/** The highest revision ever given to a name, so that a number is never used twice. Key: the name. */
export interface RevisionCounterRecord extends StoredRecord {
  readonly type: 'revisionCounter';
  readonly name: string;
  readonly lastRevision: number;
}

/** A log group of CloudWatch Logs. Key: its name. */
export interface LogGroupRecord extends StoredRecord {
  readonly type: 'logGroup';
  readonly name: string;
  readonly createdAt: EpochMilliseconds;
  /** Absent: events never expire. */
  readonly retentionInDays?: number;
  readonly tags: Tags;
}

/** A state machine (spec 07). Key: its name. Its revisions are immutable records of their own. */
export interface StateMachineRecord extends StoredRecord {
  readonly type: 'stateMachine';
  readonly name: string;
  readonly arn: string;
  readonly kind: 'STANDARD' | 'EXPRESS';
  readonly status: 'ACTIVE' | 'DELETING';
  /** The current revision. Absent in AWS's answers until the first update: `isInitial` of the revision says so. */
  readonly revisionId: string;
  /** The number of the version published last, 0 when none was: a number is never used twice. */
  readonly lastVersion: number;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/**
 * What a state machine was at one time: executions and versions refer to it, so it never changes. Key: its id. It is kept
 * as long as its machine, a version or an execution refers to it.
 */
export interface StateMachineRevisionRecord extends StoredRecord {
  readonly type: 'stateMachineRevision';
  /** The revision id: a UUID. */
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly kind: 'STANDARD' | 'EXPRESS';
  /** True for the revision that CreateStateMachine made: AWS shows no revision id for it. */
  readonly isInitial: boolean;
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration?: LoggingConfiguration;
  readonly tracingConfiguration?: TracingConfiguration;
  readonly encryptionConfiguration?: EncryptionConfiguration;
  readonly label?: string;
  readonly createdAt: EpochMilliseconds;
}

/** A published version of a state machine. Key: `machine:number`. */
export interface StateMachineVersionRecord extends StoredRecord {
  readonly type: 'stateMachineVersion';
  readonly name: string;
  readonly stateMachineName: string;
  readonly version: number;
  readonly arn: string;
  readonly revisionId: string;
  readonly description?: string;
  readonly createdAt: EpochMilliseconds;
}

/** An alias of a state machine: routes executions to one or two versions. Key: `machine:alias`. */
export interface StateMachineAliasRecord extends StoredRecord {
  readonly type: 'stateMachineAlias';
  readonly name: string;
  readonly stateMachineName: string;
  readonly aliasName: string;
  readonly arn: string;
  readonly description?: string;
  /** Version ARNs with weights that add up to 100. */
  readonly routing: readonly { readonly stateMachineVersionArn: string; readonly weight: number }[];
  readonly createdAt: EpochMilliseconds;
  readonly updatedAt: EpochMilliseconds;
}

/** An activity of Step Functions: a task queue for workers of the user. Key: its name. */
export interface ActivityRecord extends StoredRecord {
  readonly type: 'activity';
  readonly name: string;
  readonly arn: string;
  readonly encryptionConfiguration?: EncryptionConfiguration;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** An SNS topic. Key: its name. */
export interface TopicRecord extends StoredRecord {
  readonly type: 'topic';
  readonly name: string;
  readonly arn: string;
  /** As given, by SNS's attribute names; computed attributes are not among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** A subscription to an SNS topic. Key: the UUID that ends its ARN. */
export interface SubscriptionRecord extends StoredRecord {
  readonly type: 'subscription';
  readonly name: string;
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Who subscribed: an account id. */
  readonly owner: string;
  /** Present while the endpoint has not confirmed; what ConfirmSubscription must bring. */
  readonly confirmationToken?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: EpochMilliseconds;
}

/** A message on its way to one endpoint, kept until it is delivered or given up. Key: its id. */
export interface DeliveryRecord extends StoredRecord {
  readonly type: 'delivery';
  readonly name: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly endpoint: string;
  readonly kind: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly messageId: string;
  readonly raw: boolean;
  readonly body: string;
  /** Tries made so far. */
  readonly tries: number;
  readonly dueAt: EpochMilliseconds;
  readonly createdAt: EpochMilliseconds;
}

/**
 * A try of a Task state that ended before what it began: that is to be stopped, also when the server dies before it has
 * been told. Written with the step that ended the try, deleted when the stop is durable. Key: the key of the try.
 */
export interface TaskCancellationRecord extends StoredRecord {
  readonly type: 'taskCancellation';
  readonly name: string;
  readonly executionArn: string;
  readonly kind: 'job' | 'execution';
  /** The job or execution, if that was known: a job is also found by the key. */
  readonly begun?: string;
  readonly cause: string;
}

/** One fact about the installation, such as the default engine or that a region has been seeded. Key: its name. */
export interface SettingRecord extends StoredRecord {
  readonly type: 'setting';
  readonly name: string;
  readonly value: unknown;
}

/** Resources: held in memory whole, loaded at start. */
export type ResourceRecord =
  | ComputeEnvironmentRecord
  | JobQueueRecord
  | JobDefinitionRecord
  | RevisionCounterRecord
  | LogGroupRecord
  | StateMachineRecord
  | StateMachineRevisionRecord
  | StateMachineVersionRecord
  | StateMachineAliasRecord
  | ActivityRecord
  | TopicRecord
  | SubscriptionRecord
  | DeliveryRecord
  | TaskCancellationRecord
  | SettingRecord;

/** The key of a resource within its type and scope. */
export function resourceKey(record: ResourceRecord): string {
  return record.type === 'jobDefinition' ? `${record.name}:${record.revision}` : record.name;
}

/** A row of the append-only transition log: the outbox that events, States and metrics read (at least once). */
export interface TransitionRecord extends Scope {
  readonly formatVersion: 1;
  /** Counts up by one through the whole store. */
  readonly sequence: number;
  readonly jobId: JobId;
  /** Absent for the first transition of a job. */
  readonly from?: JobStatus;
  readonly to: JobStatus;
  readonly at: EpochMilliseconds;
  readonly reason?: string;
  /** Array children that make the same transition together. */
  readonly indexes?: { readonly first: number; readonly last: number };
}

/** A log stream of CloudWatch Logs. Not held in memory: there is one for each attempt ever made. */
export interface LogStreamRecord extends Scope {
  readonly groupName: string;
  readonly name: string;
  /** Where its segments are, below the log directory. */
  readonly directory: string;
  readonly createdAt: EpochMilliseconds;
  readonly firstEventAt?: EpochMilliseconds;
  readonly lastEventAt?: EpochMilliseconds;
  readonly lastIngestionAt?: EpochMilliseconds;
  readonly storedBytes: number;
  /** A task writes to it: its newest segments are not yet rows. */
  readonly live: boolean;
}

/** One closed segment of a stream: a row each, never a row an event. */
export interface LogSegmentRecord extends Scope {
  readonly groupName: string;
  readonly streamName: string;
  /** File name within the stream's directory; names sort in the order of writing. */
  readonly file: string;
  readonly firstEventAt: EpochMilliseconds;
  readonly lastEventAt: EpochMilliseconds;
  readonly events: number;
  readonly bytes: number;
}

/** The outcome of a request with an idempotency key, stored in the transaction of its effect. */
export interface IdempotencyRecord extends Scope {
  /** Service, operation and key. */
  readonly key: string;
  /** Hash of the input: a repeat with other input is refused by AWS's rules. */
  readonly fingerprint: string;
  readonly result: unknown;
  readonly expiresAt: EpochMilliseconds;
}

/** The key of an `IdempotencyRecord`, from the `idempotencyKey` of the request's context. */
export function idempotencyRecordKey(service: string, operation: string, idempotencyKey: string): string {
  return `${service}|${operation}|${idempotencyKey}`;
}

/** An execution of a state machine: what never changes. Its header, frames and history are rows of their own. */
export interface ExecutionRecord extends Scope {
  readonly formatVersion: 1;
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  /** The revision it runs, whatever becomes of its state machine: `StateMachineRevisionRecord`. */
  readonly revisionId: string;
  /** `EXPRESS`: only kept while it runs, to start it again after a crash. */
  readonly kind: 'STANDARD' | 'EXPRESS';
  /** The JSON text as given. */
  readonly input: string;
  readonly traceHeader?: string;
  readonly startedAt: EpochMilliseconds;
  /** For a child execution of a distributed Map. */
  readonly mapRunArn?: string;
  readonly parent?: {
    readonly executionArn: string;
    readonly frame: string;
    readonly state: string;
    readonly index: number;
    /** How many items it processes; default 1. */
    readonly items?: number;
    /** Its item (`$$.Map.Item.Value`), unless that is its input. */
    readonly item?: unknown;
    readonly key?: string;
  };
  /** For an execution that another one started and waits for, or that names it as its starter. */
  readonly startedBy?: string;
}

/** What lists and filters of executions need, beside the header that each step changes. */
export interface ExecutionState {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly stoppedAt?: EpochMilliseconds;
  readonly redriveCount: number;
  readonly redrivenAt?: EpochMilliseconds;
  /** For a child execution: which launch of its Map state it answers; a redrive of the Map launches it again. */
  readonly launch?: string;
  /** The `ExecutionHeader` of the States Language library; absent until the first step. */
  readonly header?: unknown;
}

/** The map run of one distributed Map state. */
export interface MapRunRecord extends Scope {
  readonly formatVersion: 1;
  readonly arn: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** The control record of the Map state in its execution. */
  readonly frame: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
  readonly redriveCount: number;
  readonly redrivenAt?: EpochMilliseconds;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly counts: MapRunCounts;
}

/** How far a map run has come. What is neither ended nor running is pending. */
export interface MapRunCounts {
  readonly totalItems: number;
  /** Items that launched children have taken, and children launched and running. */
  readonly takenItems: number;
  readonly launched: number;
  readonly running: number;
  readonly items: Readonly<Record<ChildEnd, number>>;
  readonly executions: Readonly<Record<ChildEnd, number>>;
}

export type ChildEnd = 'succeeded' | 'failed' | 'timedOut' | 'aborted';
