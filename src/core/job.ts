import type { EpochMilliseconds, JobId, TaskId } from './ids.ts';

/** The states of a job, as AWS names them (spec 01 §7). */
export const jobStatuses = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What is ever stored: a job is evaluated with its submission, so that SUBMITTED is a fact and never a state. */
export type StoredStatus = Exclude<JobStatus, 'SUBMITTED'>;
export const storedStatuses = jobStatuses.filter((status): status is StoredStatus => status !== 'SUBMITTED');

export type TerminalStatus = 'SUCCEEDED' | 'FAILED';

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** A child of an array or a node of a multi-node job, or with neither index the job itself. */
export interface JobReference {
  /** Of the job as it was submitted. */
  readonly jobId: JobId;
  readonly childIndex?: number;
  readonly nodeIndex?: number;
}

/** What an id names: the one place that reads `parent:index` and `parent#index`. No other spelling of an index is one. */
export function parseJobId(id: JobId): JobReference {
  const [, parent, mark, index] = /^(.+)([:#])(0|[1-9]\d*)$/.exec(id) ?? [];
  if (parent === undefined) return { jobId: id };
  const jobId = parent as JobId;
  return mark === ':' ? { jobId, childIndex: Number(index) } : { jobId, nodeIndex: Number(index) };
}

/** The id of an array's child, as AWS writes it: `parent:index`. */
export function childId(parent: JobId, index: number): JobId {
  return `${parent}:${index}` as JobId;
}

/** The id of a node of a multi-node job, as AWS writes it: `parent#index`. */
export function nodeId(parent: JobId, index: number): JobId {
  return `${parent}#${index}` as JobId;
}

/** One rule of `retryStrategy.evaluateOnExit`, compiled: patterns that must all match, and what to do then. */
export interface ExitRule {
  readonly action: 'RETRY' | 'EXIT';
  readonly onExitCode?: string;
  readonly onReason?: string;
  readonly onStatusReason?: string;
}

/** How often a failed job is tried. Spec 01 §9, 02 §8. */
export interface RetryStrategy {
  /** 1 to 10, the first try included. */
  readonly attempts: number;
  readonly evaluateOnExit: readonly ExitRule[];
}

/** What a job waits for, as it was given. `index` names one child of an array. */
export type Dependency =
  | { readonly on: JobId; readonly index?: number; readonly type?: 'N_TO_N' }
  /** Each child waits for the one before it. Of arrays only. */
  | { readonly type: 'SEQUENTIAL' };

/**
 * Why a task ended, as engines report it. `exited`: its first process did. `stopped`: by a stop. `failed-to-start`:
 * nothing ran. `lost`: the host, runner or engine died with it, and it will not be known whether it finished.
 */
export type EndCause = 'exited' | 'stopped' | 'failed-to-start' | 'lost';

/** What became of one container of one attempt. */
export interface ContainerOutcome {
  readonly name: string;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt: EpochMilliseconds;
  /** 0 to 255; 128 + n after signal n; absent if the container never started or its host was lost. */
  readonly exitCode?: number;
  /** The signal that ended the container's first process, such as `SIGKILL`. */
  readonly signal?: string;
  /** Why it ended, when that is not plain from the exit code: `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason?: string;
  /** User and system CPU time of all its processes. */
  readonly cpuSeconds?: number;
  /** The most memory that its processes held at once. */
  readonly peakMemoryBytes?: number;
  readonly logStreamName?: string;
  /** A side-car: its end says nothing of the job. */
  readonly essential?: false;
}

/** One finished attempt, as DescribeJobs lists it. */
export interface AttemptRecord {
  readonly taskId: TaskId;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt: EpochMilliseconds;
  readonly statusReason: string;
  readonly containers: readonly ContainerOutcome[];
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  /** IPv4 address that it had among the nodes of its job; absent if it had none of its own. */
  readonly address?: string;
  /** What the engine could not give of what was asked, in words. Never matched by retry rules. */
  readonly notes?: readonly string[];
  /** In what it was held to less than it asked for, in words; absent if in nothing. */
  readonly limits?: readonly string[];
}

/** Who asked for something: the principal's ARN, and the id of the request. */
export interface Caller {
  readonly principal: string;
  /** ARN of the role, where the principal is a session of one: sessions come and go, and their name is not a user's. */
  readonly role?: string;
  readonly requestId: string;
}

/** A user or the service wants the job to end: it ends FAILED whatever its exit code, and is never retried. */
export interface Stop {
  readonly kind: 'cancel' | 'terminate' | 'timeout';
  readonly reason: string;
  readonly at: EpochMilliseconds;
  /** Absent when the service itself stops the job. */
  readonly by?: Caller;
  /** Of an array that is terminated: it had been cancelled before, and what had started went on until then. */
  readonly wasCancelled?: true;
}

/** Which place of a compute environment is meant: a machine of a pool, both as their engine calls them. */
export interface PlaceId {
  /** The pool of machines whose capacity it takes. */
  readonly pool: string;
  /** `i-...`, shown when it is lost. */
  readonly instance: string;
}

/** What an image's name stood for when a container began. */
export interface ResolvedImage {
  /** What its registry calls it by: for `image@digest`. */
  readonly digest: string;
  /** The image's id, as Docker has it: the digest of its configuration. */
  readonly id: string;
}

/** What was given to a container with its place, and what its end will mean. */
export interface PlacedContainer {
  readonly name: string;
  readonly logStreamName?: string;
  /** A side-car: its end says nothing of the job. */
  readonly essential?: false;
  /** Known once the task runs, if it runs in an image that its engine told of. */
  readonly image?: ResolvedImage;
}

/** Where the current attempt runs. */
export interface Placement extends PlaceId {
  readonly taskId: TaskId;
  readonly computeEnvironmentArn: string;
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  /** In the order of its specification. */
  readonly containers: readonly PlacedContainer[];
  readonly placedAt: EpochMilliseconds;
  /** As in `AttemptRecord`, while the attempt runs. */
  readonly address?: string;
  /** The same. */
  readonly notes?: readonly string[];
  /** The same. */
  readonly limits?: readonly string[];
}

interface LeafCommon {
  readonly attempts: readonly AttemptRecord[];
  readonly statusReason?: string;
  readonly stop?: Stop;
}

/** The states of what is placed and runs: from its placement to its end it holds `Place`, and `Running` while it runs. */
type Life<Place, Running = unknown> =
  | { readonly status: 'PENDING' | 'RUNNABLE' }
  | ({ readonly status: 'STARTING' } & Place)
  | ({
      readonly status: 'RUNNING';
      readonly startedAt: EpochMilliseconds;
      /** When the timeout strikes. */
      readonly deadline?: EpochMilliseconds;
    } & Place &
      Running)
  | { readonly status: TerminalStatus; readonly startedAt?: EpochMilliseconds; readonly stoppedAt: EpochMilliseconds };

/**
 * The life that a single job and an array's child share: each state holds only its own data. `src/lifecycle` owns the
 * transitions between them.
 */
export type Leaf = LeafCommon & Life<{ readonly placement: Placement }>;

/** An array's own state; what its children are is in their bits. Once it has ended, also in `failed`. */
export type ArrayState =
  | { readonly status: 'PENDING'; readonly stop?: Stop }
  | {
      readonly status: TerminalStatus;
      readonly stop?: Stop;
      readonly statusReason?: string;
      readonly stoppedAt: EpochMilliseconds;
      /** How many children failed; the others succeeded. */
      readonly failed: number;
    };

/** Where the nodes of a multi-node job run: chosen once for all of them, in the order of their indexes. */
export interface GangPlacement {
  readonly computeEnvironmentArn: string;
  readonly pool: string;
  readonly placedAt: EpochMilliseconds;
  readonly nodes: readonly { readonly instance: string }[];
}

/** What becomes of a multi-node job once the last of its nodes has ended: its main node has. */
export interface Ending {
  readonly to: 'RUNNABLE' | TerminalStatus;
  readonly at: EpochMilliseconds;
}

/** The state of a multi-node job; its times, attempts and reason are those of its main node. */
export type MultiNodeState = LeafCommon &
  Life<
    { readonly gang: GangPlacement },
    {
      /** The main node has ended, others live yet. Shown as RUNNING. */
      readonly ending?: Ending;
    }
  >;

/** A node of a multi-node job; before it is started for the first time it does not exist. */
export type NodeState = LeafCommon & {
  /** When it was started for the first time. */
  readonly createdAt: EpochMilliseconds;
  /** The attempt of its job, from 1, in which it was started last: a job may end before all its nodes have started. */
  readonly jobAttempt: number;
} & (
    | { readonly status: 'STARTING'; readonly placement: Placement }
    | { readonly status: 'RUNNING'; readonly placement: Placement; readonly startedAt: EpochMilliseconds }
    | { readonly status: TerminalStatus; readonly startedAt?: EpochMilliseconds; readonly stoppedAt: EpochMilliseconds }
  );

/** What a job asks of the scheduler. */
export interface ResourceRequest {
  /** Whole or fractional vCPUs. */
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** The only kind of machine that it runs on; of a pool, the kind that it has. Absent: any that has Linux. */
  readonly machine?: MachineKind;
}

/** What a machine runs: Windows, or Linux on a processor of that kind. */
export type MachineKind = 'windows' | 'arm64' | 'x86_64';

/** What there is an amount of. */
export type ResourceName = Exclude<keyof ResourceRequest, 'machine'>;
/** So many units of a consumable resource, by its ARN: what a job holds from its placement to the end of the attempt. */
export interface ConsumableRequest {
  readonly resource: string;
  /** At least 1. */
  readonly quantity: number;
}

/** What a job must be given all at once to be placed. */
export interface JobRequest extends ResourceRequest {
  /** No resource twice. Absent: none. */
  readonly consumables?: readonly ConsumableRequest[];
  /** Of a multi-node job: the only type of instance that its nodes run on, where instances are launched. Absent: none is named. */
  readonly instanceType?: string;
}

/** What each node of a range of a multi-node job asks for. */
export interface NodeRange {
  /** Both included. */
  readonly first: number;
  readonly last: number;
  readonly resources: ResourceRequest;
}

/** What all nodes ask for together. */
export function sumOfNodes(ranges: readonly NodeRange[]): ResourceRequest {
  const sum = (of: ResourceName) =>
    ranges.reduce((total, { first, last, resources }) => total + (last - first + 1) * resources[of], 0);
  return { vcpus: sum('vcpus'), memoryMiB: sum('memoryMiB'), gpus: sum('gpus') };
}
