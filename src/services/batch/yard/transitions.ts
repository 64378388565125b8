import type { Clock } from '../../../core/clock.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Leaf, TerminalStatus } from '../../../core/job.ts';
import {
  advanceLeaf,
  type Effect,
  type LeafEvent,
  type Outcome,
  pendingLeaf,
  runnableLeaf,
} from '../../../lifecycle/index.ts';
import type { JobRecord, Ledger, Outbox, Transaction } from '../../../store/index.ts';
import { type ActiveJobs, type JobEntry, placed } from './active-jobs.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import type { NewJob } from './contract.ts';
import { jobFact, submittedFact } from './job-fact.ts';
import type { QueueModel } from './queue-model.ts';

/** What a transition asks of the world; each is called once the transition is durable. */
export interface TransitionEffects {
  startTask(jobId: JobId): void;
  stopTask(jobId: JobId, taskId: TaskId, grace: Milliseconds): void;
  releaseTask(entry: JobEntry, computeEnvironmentArn: string, taskId: TaskId): void;
  /** A job has ended: its dependents may move. */
  finished(entry: JobEntry, status: TerminalStatus): void;
}

/** Where the counters stand that every transition takes from. */
export interface Counters {
  /** The number of the job that came last. */
  lastNumber: number;
  /** Bounds of the queue sequences in use: new jobs go above, retried ones below. */
  lowestSequence: number;
  highestSequence: number;
}

export interface TransitionsOptions {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly jobs: ActiveJobs;
  readonly queues: QueueModel;
  readonly timeouts: AttemptTimeouts;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly effects: TransitionEffects;
}

/**
 * The one place where a job changes: lifecycle decides, memory and scheduler follow at once, the store gets one update
 * and one fact, and effects wait for the commit.
 */
export class JobTransitions {
  readonly #options: TransitionsOptions;

  constructor(options: TransitionsOptions) {
    this.#options = options;
  }

  /** Takes a new job in and evaluates it: PENDING if it waits for others, else RUNNABLE. */
  submit(transaction: Transaction, job: NewJob): void {
    const { jobs, counters } = this.#options;
    const first = firstState(job);
    counters.highestSequence += 1;
    counters.lastNumber += 1;
    const entry: JobEntry = {
      scope: { account: job.account, region: job.region },
      jobId: job.jobId,
      jobQueueArn: job.jobQueueArn,
      createdAt: job.createdAt,
      order: counters.highestSequence,
      resources: job.resources,
      retryStrategy: job.retryStrategy,
      timeoutSeconds: job.timeoutSeconds,
      state: first.state,
      waitingFor: job.waitingFor,
    };
    transaction.add({
      kind: 'job.insert',
      record: recordOf(job, entry, counters.lastNumber),
      specification: job.specification,
    });
    jobs.add(entry);
    const { scope, jobId } = entry;
    this.#options.outbox.append(transaction, submittedFact(scope, jobId, this.#options.clock.now()));
    this.#log(transaction, entry, undefined, entry.state);
    for (const effect of first.effects) this.#perform(transaction, entry, effect, entry.state);
    transaction.onCommitted(() => failpoint('submit.committed'));
  }

  /** Gives a job an event. Returns whether anything changed. */
  apply(transaction: Transaction, entry: JobEntry, event: LeafEvent): boolean {
    const { jobs } = this.#options;
    const before = entry.state;
    const step = advanceLeaf(before, event, entry);
    if (step.state === before) return false;
    const { order } = entry;
    jobs.update(entry, step.state);
    for (const effect of step.effects) this.#perform(transaction, entry, effect, before);
    transaction.add({
      kind: 'job.update',
      scope: entry.scope,
      jobId: entry.jobId,
      state: step.state,
      ...(entry.order === order ? {} : { order: entry.order }),
    });
    if (before.status !== step.state.status) this.#log(transaction, entry, before, step.state);
    return true;
  }

  /** What became of a job that a PENDING one waits for. */
  tell(transaction: Transaction, entry: JobEntry, dependency: JobId, status: TerminalStatus): void {
    const { jobs, clock } = this.#options;
    jobs.update(
      entry,
      entry.state,
      entry.waitingFor.filter((id) => id !== dependency),
    );
    const at = clock.now();
    if (status === 'FAILED') this.apply(transaction, entry, { kind: 'dependency-failed', at });
    else if (entry.waitingFor.length === 0) this.apply(transaction, entry, { kind: 'dependencies-met', at });
  }

  #perform(transaction: Transaction, entry: JobEntry, effect: Effect, before: Leaf): void {
    const { queues, timeouts, effects } = this.#options;
    const { jobId } = entry;
    switch (effect.kind) {
      case 'enqueue':
        if (effect.at === 'head') entry.order = this.#headSequence();
        queues.enqueue(entry);
        break;
      case 'dequeue':
        queues.dequeue(entry);
        break;
      case 'free-capacity':
        queues.freeCapacity(entry);
        break;
      case 'start-task':
        transaction.onCommitted(() => effects.startTask(jobId));
        break;
      case 'stop-task':
        transaction.onCommitted(() => effects.stopTask(jobId, effect.taskId, effect.graceMilliseconds));
        break;
      case 'release-task':
        this.#releaseLater(transaction, entry, effect.taskId, before);
        break;
      case 'arm-timeout':
        timeouts.arm(jobId, effect.taskId, effect.deadline);
        break;
      case 'disarm-timeout':
        timeouts.disarm(jobId);
        break;
      case 'finished':
        this.#options.jobs.remove(entry);
        transaction.onCommitted(() => effects.finished(entry, effect.status));
        break;
      default:
        effect satisfies never;
    }
  }

  /** Below all others: a retried job goes to the head of its queue. */
  #headSequence(): number {
    const { counters } = this.#options;
    counters.lowestSequence -= 1;
    return counters.lowestSequence;
  }

  #releaseLater(transaction: Transaction, entry: JobEntry, taskId: TaskId, before: Leaf): void {
    const task = placed(before);
    if (!task) return;
    const { computeEnvironmentArn } = task.placement;
    transaction.onCommitted(() => this.#options.effects.releaseTask(entry, computeEnvironmentArn, taskId));
  }

  #log(transaction: Transaction, { scope, jobId }: JobEntry, before: Leaf | undefined, state: Leaf): void {
    const { clock, outbox } = this.#options;
    outbox.append(transaction, jobFact(scope, jobId, before, state, clock.now()));
  }
}

/** Evaluated with its submission: PENDING if it waits for others, RUNNABLE, or FAILED at once. */
function firstState(job: NewJob): Outcome {
  const { createdAt: at, waitingFor, failsAtOnce } = job;
  if (failsAtOnce !== undefined) return advanceLeaf(pendingLeaf, { kind: 'rejected', at, reason: failsAtOnce }, job);
  if (waitingFor.length > 0) return { state: pendingLeaf, effects: [] };
  return { state: runnableLeaf, effects: [{ kind: 'enqueue', at: 'own-place' }] };
}

function recordOf(job: NewJob, { order, state }: JobEntry, number: number): JobRecord {
  const { waitingFor: _waitingFor, failsAtOnce: _failsAtOnce, specification: _specification, ...columns } = job;
  return { ...columns, kind: 'single', number, order, state };
}
