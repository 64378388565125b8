import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { invariant, ServiceError } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { EpochMilliseconds, JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import { newTaskId, type RandomSource } from '../../../core/random.ts';
import type { EnginePool } from '../../../engines/index.ts';
import type { BlockedChange, Decision, PlaceDecision } from '../../../scheduler/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { ActiveJobs, JobEntry } from './active-jobs.ts';
import { placementOf } from './placement.ts';
import type { QueueModel } from './queue-model.ts';
import type { SpecificationCache, SpecifiedJob } from './specification-cache.ts';
import type { TaskLogs } from './task-logs.ts';
import type { JobTransitions } from './transitions.ts';

/** Decisions taken in one turn of the event loop; the rest goes on in the next. */
const decisionsPerTurn = 100;

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly jobs: ActiveJobs;
  readonly queues: Pick<QueueModel, 'plan' | 'environment' | 'freeCapacity' | 'enqueue'>;
  readonly transitions: JobTransitions;
  readonly specifications: SpecificationCache;
  readonly logs: TaskLogs;
  /** Where an engine runs jobs; known since something was decided there. */
  readonly enginePool: (kind: string) => EnginePool | undefined;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Heads of queues that a plan found blocked, or no longer. */
  readonly onBlocked: (changes: readonly BlockedChange[], at: EpochMilliseconds) => void;
  readonly onError: (error: unknown) => void;
}

/** Turns the scheduler's decisions into placed attempts. The lifecycle then asks for each task's start, after the commit. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  #scheduled = false;
  #running = false;
  /** Grows with every pause: a decision taken before one is not of this memory any more. */
  #pauses = 0;
  #cancelWake: CancelTimer | undefined;
  /** What the wall clock shows beyond the monotonic one. Fixed: the time that the scheduler is told never goes back. */
  readonly #epoch: Milliseconds;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#epoch = options.clock.now() - options.clock.monotonic();
  }

  /** Lets the dispatcher decide; before the first call, and after `pause`, `poke` does nothing. */
  resume(): void {
    this.#running = true;
    this.poke();
  }

  pause(): void {
    this.#running = false;
    this.#pauses += 1;
    this.#cancelWake?.();
  }

  /** Something may have become placeable: plan in the next turn. Many pokes in a turn make one plan. */
  poke(): void {
    if (!this.#running || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#running) this.#plan().catch(this.#options.onError);
    });
  }

  async #plan(): Promise<void> {
    const { queues, clock, jobs, onBlocked } = this.#options;
    const now = this.#epoch + clock.monotonic();
    const { decisions, more, wakeAt, blocked } = queues.plan(now, decisionsPerTurn);
    this.#cancelWake?.();
    if (more) this.poke();
    else if (wakeAt !== undefined) this.#cancelWake = clock.after(wakeAt - now, () => this.poke());
    if (blocked.length > 0) onBlocked(blocked, now);
    if (decisions.length === 0) return;
    failpoint('dispatch.decided');
    for (const { jobId } of decisions) mark(jobs.get(jobId), true);
    await this.#place(decisions);
  }

  /** Reads what is not at hand, then places every job that is still RUNNABLE, in one commit. */
  async #place(decisions: readonly Decision[]): Promise<void> {
    const { specifications, jobs, ledger } = this.#options;
    const entries = decisions.flatMap(({ jobId }) => jobs.get(jobId) ?? []);
    const isAtHand = entries.every(({ jobId }) => specifications.peek(jobId));
    const pauses = this.#pauses;
    const fetched = isAtHand ? undefined : await specifications.fetch(entries);
    if (pauses !== this.#pauses) return;
    ledger.transact((transaction) => {
      for (const decision of decisions) {
        const job = fetched?.get(decision.jobId) ?? specifications.peek(decision.jobId);
        this.#carryOut(transaction, decision, job);
      }
    });
  }

  #carryOut(transaction: Transaction, decision: Decision, job: SpecifiedJob | undefined): void {
    switch (decision.kind) {
      case 'place':
        this.#placeOne(transaction, decision, job);
        break;
      default:
        decision.kind satisfies never;
    }
  }

  #placeOne(
    transaction: Transaction,
    { jobId, computeEnvironmentArn }: PlaceDecision,
    job: SpecifiedJob | undefined,
  ): void {
    const { jobs, queues, transitions, enginePool, clock, random } = this.#options;
    const entry = jobs.get(jobId);
    const environment = queues.environment(computeEnvironmentArn);
    if (entry?.state.status !== 'RUNNABLE') return;
    mark(entry, false);
    invariant(job, `job ${jobId} is in memory and not in the store`);
    const pool = environment && enginePool(environment.engine);
    if (!environment || !pool) {
      queues.freeCapacity(entry);
      queues.enqueue(entry);
      return;
    }
    const now = clock.now();
    const taskId = newTaskId(now, random);
    const opened = this.#openLog(transaction, entry, job, taskId);
    const streamName = opened instanceof ServiceError ? undefined : opened.streamName;
    const placement = placementOf(environment, pool, taskId, streamName, now);
    transitions.apply(transaction, entry, { kind: 'placed', at: now, placement });
    if (opened instanceof ServiceError) this.#failStart(transaction, jobId, opened.message);
  }

  #openLog(transaction: Transaction, entry: JobEntry, job: SpecifiedJob, taskId: TaskId) {
    try {
      return this.#options.logs.open(transaction, entry, job, taskId);
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  #failStart(transaction: Transaction, jobId: JobId, message: string): void {
    const { jobs, transitions, clock } = this.#options;
    const entry = jobs.get(jobId);
    if (entry?.state.status !== 'STARTING') return;
    const at = clock.now();
    const reason = `CannotStartContainerError: ${message}`;
    transitions.apply(transaction, entry, {
      kind: 'ended',
      at,
      taskId: entry.state.placement.taskId,
      cause: 'failed-to-start',
      statusReason: 'Task failed to start',
      containers: [{ name: 'default', stoppedAt: at, reason }],
    });
  }
}

function mark(entry: JobEntry | undefined, deciding: boolean): void {
  if (entry) entry.deciding = deciding;
}
