import type { Clock } from '../../../core/clock.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { JobState, TerminalStatus } from '../../../core/job.ts';
import { advance, createJob, type Effect, type JobEvent } from '../../../lifecycle/index.ts';
import type { JobRecord, Ledger, Outbox, Transaction } from '../../../store/index.ts';
import { type ActiveJobs, type JobEntry, placed } from './active-jobs.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import type { NewJob } from './contract.ts';
import { jobFact } from './job-fact.ts';
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
    const submitted = createJob(job);
    const first = advance(submitted, firstEvent(job));
    counters.highestSequence += 1;
    const entry: JobEntry = {
      scope: { account: job.account, region: job.region },
      jobId: job.jobId,
      jobQueueArn: job.jobQueueArn,
      createdAt: job.createdAt,
      sequence: counters.highestSequence,
      resources: job.specification.resources,
      state: first.state,
    };
    transaction.add({ kind: 'job.insert', record: recordOf(job, entry), specification: job.specification });
    jobs.add(entry);
    this.#log(transaction, entry, undefined, submitted);
    this.#log(transaction, entry, submitted, entry.state);
    for (const effect of first.effects) this.#perform(transaction, entry, effect, entry.state);
    transaction.onCommitted(() => failpoint('submit.committed'));
  }

  /** Gives a job an event. Returns whether anything changed. */
  apply(transaction: Transaction, entry: JobEntry, event: JobEvent): boolean {
    const { jobs } = this.#options;
    const before = entry.state;
    const step = advance(before, event);
    if (step.state === before) return false;
    const { sequence } = entry;
    jobs.update(entry, step.state);
    for (const effect of step.effects) this.#perform(transaction, entry, effect, before);
    transaction.add({
      kind: 'job.update',
      scope: entry.scope,
      jobId: entry.jobId,
      state: step.state,
      ...(entry.sequence === sequence ? {} : { sequence: entry.sequence }),
    });
    if (before.status !== step.state.status) this.#log(transaction, entry, before, step.state);
    return true;
  }

  #perform(transaction: Transaction, entry: JobEntry, effect: Effect, before: JobState): void {
    const { queues, timeouts, effects } = this.#options;
    const { jobId } = entry;
    switch (effect.kind) {
      case 'enqueue':
        if (effect.at === 'head') entry.sequence = this.#headSequence();
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

  #releaseLater(transaction: Transaction, entry: JobEntry, taskId: TaskId, before: JobState): void {
    const task = placed(before);
    if (!task) return;
    const { computeEnvironmentArn } = task.placement;
    transaction.onCommitted(() => this.#options.effects.releaseTask(entry, computeEnvironmentArn, taskId));
  }

  #log(transaction: Transaction, { scope, jobId }: JobEntry, before: JobState | undefined, state: JobState): void {
    const { clock, outbox } = this.#options;
    outbox.append(transaction, jobFact(scope, jobId, before, state, clock.now()));
  }
}

function firstEvent({ createdAt: at, waitingFor, failsAtOnce }: NewJob): JobEvent {
  return failsAtOnce === undefined
    ? { kind: 'evaluated', at, waitingFor }
    : { kind: 'rejected', at, reason: failsAtOnce };
}

function recordOf(job: NewJob, entry: JobEntry): JobRecord {
  return {
    account: job.account,
    region: job.region,
    jobId: job.jobId,
    jobName: job.jobName,
    jobQueueArn: job.jobQueueArn,
    jobDefinitionArn: job.jobDefinitionArn,
    createdAt: job.createdAt,
    sequence: entry.sequence,
    ...(job.shareIdentifier === undefined ? {} : { shareIdentifier: job.shareIdentifier }),
    dependsOn: job.dependsOn,
    resources: entry.resources,
    tags: job.tags,
    state: entry.state,
  };
}
