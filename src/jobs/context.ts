import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { StoredStatus, TerminalStatus } from '../core/job.ts';
import type { SchedulerEvent } from '../scheduler/index.ts';
import { isEndedCode, statusOfCode } from './child-states.ts';
import { DependencyGraph } from './dependency-graph.ts';
import { type ArrayEntry, type JobEntry, noNames } from './entry.ts';
import type { StatusChange } from './fact.ts';
import { Interned } from './interned.ts';
import type { JobsPorts } from './ports.ts';
import { QueueCounts } from './queue-counts.ts';
import { isWaitingStatus, Registry } from './registry.ts';
import type { JobTransaction } from './transaction.ts';
import { usageOf } from './usage.ts';
import { type WorkItem, WorkList } from './work.ts';

/** Where the counters stand that jobs take from. */
export interface JobCounters {
  /** The number of the job that came last. */
  number: number;
  /** Bounds of the orders in use: new jobs go above, retried ones below. */
  lowestOrder: number;
  highestOrder: number;
}

/** What the lives of all kinds of jobs share: memory, and the ways to change it so that a refusal leaves it as it was. */
export class JobsContext {
  readonly ports: JobsPorts;
  readonly registry = new Registry();
  readonly counts = new QueueCounts();
  readonly graph = new DependencyGraph();
  readonly work: WorkList;
  readonly counters: JobCounters = { number: 0, lowestOrder: 0, highestOrder: 0 };
  interned = new Interned();
  /**
   * Loaded, and something may have been under way: all but the RUNNABLE and placed single jobs, of which there may be a
   * million.
   */
  loadedUnsettled: JobId[] = [];
  #workingIn: JobTransaction | undefined;

  constructor(ports: JobsPorts) {
    this.ports = ports;
    this.work = new WorkList(ports.onWork);
  }

  now(): EpochMilliseconds {
    return this.ports.clock.now();
  }

  clear(): void {
    this.registry.clear();
    this.counts.clear();
    this.graph.clear();
    this.work.clear();
    this.interned = new Interned();
    this.loadedUnsettled = [];
  }

  /** Call before the first change of an entry: from then on the transaction can take back what it changes. */
  touch(transaction: JobTransaction, entry: JobEntry): void {
    if (entry.touchedIn === transaction) return;
    entry.touchedIn = transaction;
    const restore = snapshot(entry);
    transaction.onRollback(() => {
      restore();
      forgetTransaction(entry);
    });
    transaction.onAccepted(() => forgetTransaction(entry));
  }

  /** The scheduler hears of it once the work has returned. */
  tellScheduler(transaction: JobTransaction, event: SchedulerEvent): void {
    transaction.onAccepted(() => this.ports.scheduler.apply(event));
  }

  /** A job has come, or has ended: its share is the busier or the less so. */
  countShare(transaction: JobTransaction, entry: JobEntry, by: 1 | -1): void {
    const event = shareJobs(entry, by);
    if (event) this.tellScheduler(transaction, event);
  }

  /** In the work's own turn it is done in that turn, as far as the limit lets it: a chain takes no turn for each link. */
  addWork(transaction: JobTransaction, item: WorkItem): void {
    if (this.#workingIn === transaction) this.work.push(item);
    else transaction.onAccepted(() => this.work.push(item));
  }

  /** Runs `work` as the work's own turn. If it throws, memory must be rebuilt: the list is not put back. */
  workIn(transaction: JobTransaction, work: () => void): void {
    this.#workingIn = transaction;
    try {
      work();
    } finally {
      this.#workingIn = undefined;
    }
  }

  /** A fact, the counts that change with it, and the usage of the attempt that it ends, with what that consumed. */
  fact(
    transaction: JobTransaction,
    job: JobEntry,
    fact: Omit<StatusChange, 'kind' | 'scope' | 'jobId' | 'number' | 'at'>,
  ): void {
    const { scope, jobId, number } = job;
    this.ports.journal.fact(transaction, { kind: 'job', scope, jobId, number, at: this.now(), ...fact }, job);
    this.counts.told(transaction, job, fact);
    // A multi-node job's own attempt is that of its nodes, each of which has its own fact.
    const isOfNodes = job.kind === 'multiNode' && fact.part === undefined;
    const node = fact.part?.kind === 'node' ? fact.part.index : undefined;
    if (fact.attempt && !isOfNodes) transaction.add({ kind: 'usage.add', record: usageOf(job, fact.attempt, node) });
    // A multi-node job holds what it needs until the last of its nodes has ended.
    if (fact.attempt && job.kind !== 'multiNode') this.consume(transaction, job);
  }

  /** An attempt has ended that counts: what it held and does not replenish is gone. One that was refused gives all back. */
  consume(transaction: JobTransaction, { resources: { consumables } }: JobEntry): void {
    if (consumables) this.ports.journal.consumed(transaction, consumables);
  }

  /** Takes the next of a counter. */
  count(transaction: JobTransaction, counter: keyof JobCounters, by: 1 | -1): number {
    const before = this.counters[counter];
    transaction.onRollback(() => {
      this.counters[counter] = before;
    });
    this.counters[counter] = before + by;
    return before + by;
  }

  /** Writes a job's own state; `order` if it has moved. */
  write(transaction: JobTransaction, { scope, jobId, state, order }: JobEntry, hasMoved = false): void {
    transaction.add({ kind: 'job.update', scope, jobId, state, ...(hasMoved ? { order } : {}) });
  }

  /** The job's new state is in memory: counts follow. */
  stateChanged(transaction: JobTransaction, entry: JobEntry, before: StoredStatus): void {
    this.registry.waitingChanged(transaction, entry, isWaitingStatus(before));
    if (before !== 'PENDING' || entry.state.status === 'PENDING') return;
    // It waits for nobody any more: what it named may be forgotten.
    this.graph.name(transaction, entry.names, -1);
    entry.names = noNames;
  }

  /**
   * Tells those who wait for children of an array that have ended: the child may have done so before the array was loaded.
   * Answers how many children that were.
   */
  tellOfEndedChildren(transaction: JobTransaction, { jobId, children }: ArrayEntry): number {
    let told = 0;
    for (const index of this.graph.awaitedChildren(jobId, [wholeArray])) {
      const code = children.at(index);
      if (!isEndedCode(code)) continue;
      const dependents = this.graph.takeOfChild(transaction, jobId, index);
      this.addWork(transaction, { kind: 'ended', status: statusOfCode(code) as TerminalStatus, dependents, next: 0 });
      told += 1;
    }
    return told;
  }

  /** The job has ended: it leaves memory, and those that wait for it are told in a later turn. */
  end(transaction: JobTransaction, entry: JobEntry, status: TerminalStatus): void {
    const { jobId } = entry;
    this.registry.remove(transaction, entry, status);
    this.countShare(transaction, entry, -1);
    if (entry.kind === 'array') this.tellOfEndedChildren(transaction, entry);
    const dependents = this.graph.take(transaction, jobId);
    if (dependents.length > 0) this.addWork(transaction, { kind: 'ended', status, dependents, next: 0 });
    const arrays = entry.kind === 'array' ? [] : this.graph.pairsOf(jobId);
    // N_TO_N on a job that is no array: each child waits for all of it.
    if (arrays.length > 0) this.addWork(transaction, { kind: 'pairs', status, arrays, runs: [wholeArray], next: 0 });
    this.graph.forget(transaction, jobId);
    transaction.onCommitted(() => this.ports.effects.ended(entry, status));
  }
}

/** How the scheduler is told of a job's coming or end; undefined of one that has no share. */
export function shareJobs({ jobQueueArn, shareIdentifier: share }: JobEntry, by: 1 | -1): SchedulerEvent | undefined {
  return share === undefined ? undefined : { kind: 'share-jobs', queueArn: jobQueueArn, share, by };
}

/** Every child, however many there are. */
export const wholeArray = [0, Number.MAX_SAFE_INTEGER] as const;

/** What puts an entry back as it is now. */
function snapshot(entry: JobEntry): () => void {
  const { order, names, open, decided, state } = entry;
  const own = ownSnapshot(entry);
  return () => {
    Object.assign(entry, { order, names, open, decided, state });
    own();
  };
}

/** Children that live, and nodes, are put back one by one. */
function ownSnapshot(entry: JobEntry): () => void {
  if (entry.kind !== 'array') return () => {};
  const codes = entry.children.copy();
  const { firstRunnable, sequenceAt, firstFailed, changedAt, fellAt, ownWaiting } = entry;
  const openPairs = entry.openPairs?.slice();
  return () => {
    entry.children.restore(codes);
    Object.assign(entry, { firstRunnable, sequenceAt, firstFailed, changedAt, fellAt, ownWaiting, openPairs });
  };
}

function forgetTransaction(entry: JobEntry): void {
  entry.touchedIn = undefined;
  if (entry.kind === 'array') entry.bitsIn = undefined;
}
