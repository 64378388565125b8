import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../../../core/ids.ts';
import type { Caller, Dependency, JobReference, JobStatus, ResourceRequest } from '../../../core/job.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import type {
  CommandRefused,
  CommandRequest,
  ContainerUsage,
  EngineKind,
  EnteredCommand,
} from '../../../engines/index.ts';
import type { ChildCounts, HeldTask, JobEntry, NewJob, StatusCounts } from '../../../jobs/index.ts';
import type { ActiveShares, FleetInstance, QueueStanding, WaitingReason } from '../../../scheduler/index.ts';
import type { ServerState } from '../../../simulator/index.ts';
import type { Tags, Transaction } from '../../../store/index.ts';
import type { ComputeEnvironmentRecord, InstanceRecord } from '../records.ts';
import type { Activity } from './recent-activity.ts';
import type { Replacement } from './replacements.ts';

export type { ChildCounts, NewJob };

/** What memory holds of a job that has not ended: a compact record; its specification stays in the store. */
export type ActiveJob = Pick<
  JobEntry,
  'scope' | 'jobId' | 'jobQueueArn' | 'createdAt' | 'order' | 'resources' | 'state'
>;

/** Names a consumable resource. */
export interface ConsumablePlace extends Scope {
  readonly name: string;
}

/** Why a job is where it is, for DescribeJobs' `statusReason` and `batchyard explain`. */
export interface Explanation {
  readonly jobId: JobId;
  readonly status: JobStatus;
  /** One line for `statusReason`. */
  readonly text: string;
  /** Present while the scheduler has the job. */
  readonly waiting?: WaitingReason;
  /** What has to be done so that the job ever starts, if anything has. AWS's words for `statusReason` do not say it. */
  readonly remedy?: string;
  /** What would change that it waits, if somebody can. */
  readonly change?: string;
  /** Further facts for people: that the host limits it, that it blocks its queue. */
  readonly notes: readonly string[];
  /** How the engine keeps its task apart, and what it could not give of what was asked. */
  readonly engineNotes: readonly string[];
}

/** A task that runs, and what it uses if its engine tells. */
export interface RunningTask {
  /** The job's own, the child's or the node's. */
  readonly id: JobId;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly asked: ResourceRequest;
  readonly containers: readonly ContainerUsage[];
}

/** Tasks that run. `next` is where the following page begins, absent when there is nothing beyond. */
export interface UsagePage {
  readonly tasks: readonly RunningTask[];
  readonly next?: TaskId;
  /** Engines that have tasks of this page and do not tell what they use, and why. */
  readonly silent: readonly { readonly engine: EngineKind; readonly reason: string }[];
}

/** The front of a queue. */
export interface QueueSnapshot {
  /** RUNNABLE jobs in the order that they start, if all fitted at once; since when each is at its place. */
  readonly front: readonly { readonly jobId: JobId; readonly at: EpochMilliseconds }[];
  /** What its jobs hold that are STARTING or RUNNING. */
  readonly vcpus: number;
}

/** How a queue stands. */
export interface QueueState extends QueueStanding {
  /** Of those that have not ended. */
  readonly jobs: StatusCounts;
  /** Its head that waits, or the first of the shares' heads: since when, why in words, and when that was told as an event. */
  readonly blocked?: {
    readonly jobId: JobId;
    readonly since: EpochMilliseconds;
    readonly reason: string;
    readonly toldAt?: EpochMilliseconds;
  };
}

/** A task that a job holds, and whom it counts for. */
export interface CountedTask extends Pick<HeldTask, 'request' | 'startedAt'> {
  readonly job: Pick<JobEntry, 'jobQueueArn' | 'jobDefinitionArn' | 'shareIdentifier' | 'user'>;
}

/** A task that is RUNNING in a compute environment, and what its containers use; nothing where its engine does not say. */
export interface MeasuredTask extends Pick<HeldTask, 'request' | 'startedAt'> {
  readonly taskId: TaskId;
  readonly computeEnvironmentArn: string;
  readonly jobDefinitionArn: string;
  readonly containers: readonly ContainerUsage[];
}

/** What uses capacity now. */
export interface TaskUsage {
  /** What tasks use that run in a scope, by id, after that of the page before; at most `limit`. */
  page(scope: Scope, limit: number, after?: TaskId): Promise<UsagePage>;
  /** What a task's containers use now; nothing where its engine does not say. */
  of(taskId: TaskId): Promise<readonly ContainerUsage[]>;
  /** What is STARTING or RUNNING in a scope: to be gone through in one turn. */
  counted(scope: Scope): Iterable<CountedTask>;
  /** All that run in compute environments with these ARNs, asked of their engines a hundred at a time. */
  running(environments: ReadonlySet<string>): Promise<readonly MeasuredTask[]>;
}

/** What would become of a job, were it submitted now. */
export interface Outlook {
  /** What it would be at once. */
  readonly status: 'PENDING' | 'RUNNABLE' | 'FAILED';
  /** Why, in one line. */
  readonly text: string;
  /** Present if it would stand in its queue. */
  readonly waiting?: WaitingReason;
  /** What has to be done so that it ever starts, if anything has. */
  readonly remedy?: string;
  /** Whether each of its attempts would fail at start, by what its engine is known to refuse. `notes` say why. */
  readonly failsAtStart: boolean;
  /** What each environment of its queue could do for it now, in the order in which they are tried. */
  readonly environments: readonly {
    readonly name: string;
    readonly fits: boolean;
    /** Such as `default: has room`. */
    readonly text: string;
  }[];
  readonly notes: readonly string[];
}

/** An instance as it is stored, and as it is now. */
export interface PlacedInstance {
  readonly record: InstanceRecord;
  readonly instance: FleetInstance;
}

/** An instance that somebody registers. */
export interface InstanceToRegister {
  readonly capacity: ResourceRequest;
  readonly tags: Tags;
  /** Who registers it, by ARN. */
  readonly by: string;
}

/** The instances of compute environments. */
export interface YardInstances {
  /** Those of an environment, the oldest first, beginning behind the one of that number: one at a time, not to be kept beyond a turn. */
  of(environment: ComputeEnvironmentRecord, after?: number): Iterable<PlacedInstance>;
  /** What is stored of one. */
  get(scope: Scope, id: string): InstanceRecord | undefined;
  /** Of an environment that launches none: it takes jobs at once. */
  register(environment: ComputeEnvironmentRecord, instance: InstanceToRegister): InstanceRecord;
  /**
   * It takes no more jobs. Drained it goes once those have ended that run on it; interrupted, as where Spot takes it back, they end at
   * once. Unknown: nothing.
   */
  close(scope: Scope, id: string, by: 'drain' | 'interruption'): void;
  /** Those of an environment that were launched with another setup than it has. */
  older(environment: ComputeEnvironmentRecord): readonly InstanceRecord[];
  /** They take no more jobs, and go with the last of those that run on them. */
  closeOlder(transaction: Transaction, environment: ComputeEnvironmentRecord): void;
  /**
   * Ends what still runs on them after its time, as where Spot takes an instance back, and tells when none is left of those that there are now. Forgotten
   * when memory is rebuilt: to be called again.
   */
  replace(environment: ComputeEnvironmentRecord, replacement: Omit<Replacement, 'ids'>): void;
  /** Forgets those of an environment that the transaction deletes. */
  forget(transaction: Transaction, environment: ComputeEnvironmentRecord): void;
  /** vCPUs that an environment has, by its ARN: of its instances, or else those that its jobs hold. */
  allocatedvCpus(computeEnvironmentArn: string): number;
}

/**
 * The jobs in motion: the only owner of their state, of the scheduler and of the engines. Everything here is
 * synchronous in memory and durable later, as `Ledger.transact` describes.
 */
export interface Yard {
  /** Takes a job in: SUBMITTED, then PENDING or RUNNABLE. Dependencies that it does not know must be in `job.ended`. */
  submit(transaction: Transaction, job: NewJob): void;
  /**
   * AWS's CancelJob, of a job or a child: acts on jobs that have not reached STARTING (a PENDING one once its dependencies
   * end). Unknown or terminal: nothing.
   */
  cancel(jobId: JobId, reason: string, by?: Caller): void;
  /** AWS's TerminateJob, of a job or a child: acts on every job that has not ended. */
  terminate(jobId: JobId, reason: string, by?: Caller): void;
  /** A job that has not ended, or undefined. */
  active(jobId: JobId): ActiveJob | undefined;
  /** Whether memory can say what has become of a job: it has not ended, or its end is not yet durable. */
  knows(jobId: JobId): boolean;
  /** How many jobs of a queue have not ended. */
  activeCount(jobQueueArn: string): number;
  /** Calls `tell` once, when no job of the queue is left that has not ended, and that is durable; soon if there is none now. */
  onQueueEmpty(jobQueueArn: string, tell: () => void): void;
  /** Waiting jobs of all queues in a scope that are SUBMITTED, PENDING or RUNNABLE, for the quota. */
  waitingCount(scope: Scope): number;
  /**
   * Why an active job, a child or a node of one, is where it is; undefined for what has ended or never was. `dependsOn`, as it was
   * submitted, is what memory does not keep: without it the words name whole jobs where single children are waited for.
   * `at`: the scheduling time of which it is, now unless given. The jobs of one page are asked about at one time: their order moves with it,
   * and is found once for all of them.
   */
  explain(jobId: JobId, dependsOn?: readonly Dependency[], at?: EpochMilliseconds): Explanation | undefined;
  /** What decides when a job starts that waits, to be played on; undefined where that is too much to look at. */
  stateFor(reference: JobReference): ServerState | undefined;
  /** What a task asks for and runs without, on the engine of the first environment of a queue. */
  ungranted(node: NodeSpecification, jobQueueArn: string): readonly string[];
  readonly usage: TaskUsage;
  /** Starts a command in a container of a task that runs. Never rejects. */
  enter(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused>;
  /** The first jobs of a queue, at most `limit`. */
  snapshot(jobQueueArn: string, limit: number): QueueSnapshot;
  /** How a queue stands, from counts that are kept. */
  queueState(jobQueueArn: string): QueueState;
  /** What happened in the last hour. */
  readonly activity: Activity;
  /** vCPUs that jobs hold which are STARTING or RUNNING, by the ARN of their compute environment. */
  heldVcpus(): ReadonlyMap<string, number>;
  /** What would become of a job that came now. Takes nothing in. */
  outlook(job: NewJob): Outlook;
  /** Why a job that came now could never start, as the environments of its queue are; undefined for one that could. */
  hopeless(job: NewJob): string | undefined;
  /** How many children an array has that has not durably ended; undefined for any other job. */
  sizeOf(jobId: JobId): number | undefined;
  /** What the children of an array are that has not durably ended. */
  childCounts(jobId: JobId): ChildCounts | undefined;
  /** Tells the scheduler, once the transaction is taken, that queues or compute environments were put or deleted in it. */
  resourcesChanged(transaction: Transaction): void;
  /** The same of one consumable resource. */
  consumableChanged(transaction: Transaction, place: ConsumablePlace): void;
  /** How many share identifiers of a queue are active, and whether one of them is. */
  activeShares(jobQueueArn: string, share: string): ActiveShares;
  /** The time by which shares use, which never goes back: not the wall clock's. */
  schedulingTime(): EpochMilliseconds;
  readonly instances: YardInstances;
  /** How many units of a consumable resource, by its ARN, jobs hold that are STARTING or RUNNING. */
  heldOf(consumableArn: string): number;
}
