import type { EpochMilliseconds, JobId, Milliseconds } from '../core/ids.ts';
import type { ConsumableRequest, MachineKind } from '../core/job.ts';
import { SortedList } from '../core/sorted-list.ts';
import type { Amount } from './amount.ts';
import type { StoredUsage } from './fair-share/decay.ts';
import type { ShareLine } from './fair-share/share-line.ts';
import { type Entrant, Tournament } from './fair-share/tournament.ts';
import { unnamed, type WeightEntry } from './fair-share/weights.ts';
import type { JobQueueSettings, StoredShare } from './scheduler-event.ts';

/** A waiting job: flat, small integers, nothing that can be read from the store. */
export interface WaitingJob extends Amount {
  readonly jobId: JobId;
  /** Gives the job its place: lower ones first. */
  readonly sequence: number;
  /** Within its share greater ones come first. 0 in a queue that is first in, first out. */
  readonly priority: number;
  readonly share: Share;
  /** Children of an array that wait in this place; absent for a job that is none. */
  left?: number;
  /** The kind of machine that it needs; absent for a job that runs on any. */
  machine?: MachineKind;
  /** Consumable resources that it needs; absent for a job that needs none. */
  consumables?: readonly ConsumableRequest[];
  /** Nodes of a multi-node job, which start together; absent for a job that is none. */
  nodes?: number;
  /** What each of them fits into. */
  largestNode?: Amount;
  /** The only type of instance that they run on; absent for a job that names none. */
  instanceType?: string;
  /** How long it may last once it runs; absent for one that may for ever. */
  timeout?: Milliseconds;
}

/** A job queue, its shares, and the jobs that wait in it. Sizes count an array as one. */
export interface Queue {
  settings: JobQueueSettings;
  readonly size: number;
  /** Of all its jobs that hold something, in thousandths of a vCPU. */
  readonly heldVcpuMillis: number;
  /** As of the last `refresh`. */
  readonly activeShares: number;
  /** What the time is to the lines of its shares, as of the last `refresh`. */
  readonly x: number;
  shares(): Iterable<Share>;
  share(identifier: string): Share | undefined;
  /** The share of an identifier, known or not. */
  shareFor(identifier: string | undefined): Share;
  add(job: WaitingJob): void;
  /** Answers false if the job is not in. */
  remove(job: WaitingJob): boolean;
  /** `count` jobs of a share start to hold so much together, or with negative numbers hold it no longer: until now it held what it did. */
  hold(share: Share, vcpuMillis: number, count: number, now: EpochMilliseconds): void;
  /** A job of a share has come, or ended. */
  countJobs(share: Share, by: 1 | -1, now: EpochMilliseconds): void;
  /** What was stored of a share, told after its jobs. */
  restore(stored: StoredShare): void;
  /** A share is as if it never was: nothing of it may be in motion. */
  forget(identifier: string): void;
  /** Whether a share counts as one of those between which capacity is divided: it has a job, or had one a mean life ago. */
  isActive(share: Share, now: EpochMilliseconds): boolean;
  /** Brings to `now` what the order follows from. Call before anything is asked about it. */
  refresh(now: EpochMilliseconds): void;
  /** It is otherwise by now what lanes heads stand in. */
  reseat(): void;
  /** The head that starts next, were all open. */
  first(): WaitingJob | undefined;
  lanes(): Iterable<Lane>;
  /**
   * The jobs that wait in the order in which they would start if all of them could at once: an array once for each child. Running
   * jobs use on meanwhile, which may change the order.
   */
  front(now: EpochMilliseconds): Generator<WaitingJob>;
}

/** Shares of one queue whose heads ask for the same: what does not fit one of them fits none. */
export interface Lane {
  readonly shape: string | number;
  tournament: Tournament<Share>;
}

/** Where a line of a queue that is first in, first out stays: it has one share. */
const still: ShareLine = { constant: 0, slope: 0 };

/** The jobs of one share identifier in one queue: those that wait, what the others hold, and what it has used. */
export class Share implements Entrant, StoredUsage {
  readonly queue: Queue;
  /** Empty for the only share of a queue that is first in, first out. */
  readonly identifier: string;
  readonly waiting = new SortedList<WaitingJob>(byUrgency);
  /** Of those that wait, the one that starts next. */
  head: WaitingJob | undefined;
  /** Decayed vCPU-seconds at `at`, when what it holds changed last. */
  usage = 0;
  at: EpochMilliseconds = 0;
  heldVcpuMillis = 0;
  /** How many jobs hold something. */
  places = 0;
  /** How many jobs have not ended, as far as was told. */
  jobs = 0;
  /** When the last of its jobs ended; undefined while there is one, or never was any. */
  idleSince: EpochMilliseconds | undefined;
  entry: WeightEntry = unnamed;
  weight = 1;
  line: ShareLine = still;
  tie = 0;
  lane: Lane | undefined;

  constructor(queue: Queue, identifier: string) {
    this.queue = queue;
    this.identifier = identifier;
  }

  /** It has a job. */
  get isBusy(): boolean {
    return this.jobs > 0 || this.places > 0 || this.waiting.size > 0;
  }

  /** Nothing is known of it that would not be true of one that never was. */
  get isForgettable(): boolean {
    return !this.isBusy && this.usage === 0 && this.idleSince === undefined;
  }
}

export function newLane(shape: Lane['shape']): Lane {
  return { shape, tournament: new Tournament<Share>() };
}

/** More urgent ones first, then by age. Ids only make the order total. */
function byUrgency(left: WaitingJob, right: WaitingJob): number {
  return right.priority - left.priority || left.sequence - right.sequence || byId(left.jobId, right.jobId);
}

function byId(left: JobId, right: JobId): number {
  return left < right ? -1 : Number(left > right);
}
