import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import { parseJobId } from '../../../core/job.ts';
import { newTaskId, type RandomSource } from '../../../core/random.ts';
import { instanceOf, type Jobs, type NodePlace } from '../../../jobs/index.ts';
import { type BlockedChange, type Decision, describeLimit } from '../../../scheduler/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { placementOf } from './placement.ts';
import type { QueueModel } from './queue-model.ts';
import type { SchedulingTime } from './scheduling-time.ts';
import { nodeHeld, type SpecificationCache, type SpecifiedJob } from './specification-cache.ts';
import type { TaskLogs } from './task-logs.ts';
import { placeTask } from './task-placing.ts';

/** Decisions taken in one turn of the event loop; the rest goes on in the next. */
const decisionsPerTurn = 100;

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly queues: Pick<QueueModel, 'plan' | 'environment'>;
  readonly specifications: SpecificationCache;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly time: SchedulingTime;
  readonly random: RandomSource;
  /** Heads of queues that a plan found blocked, or no longer; `isWhole` if it came to all queues. */
  readonly onBlocked: (changes: readonly BlockedChange[], isWhole: boolean) => void;
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

  constructor(options: DispatcherOptions) {
    this.#options = options;
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
    const { queues, clock, time, jobs, onBlocked } = this.#options;
    const now = time.now();
    const { decisions, more, wakeAt, blocked } = queues.plan(now, decisionsPerTurn);
    this.#cancelWake?.();
    if (more) this.poke();
    else if (wakeAt !== undefined) this.#cancelWake = clock.after(wakeAt - now, () => this.poke());
    onBlocked(blocked, !more);
    if (decisions.length === 0) return;
    failpoint('dispatch.decided');
    jobs.decided(decisions);
    await this.#place(decisions);
  }

  /** Reads what is not at hand, then places every job that is still RUNNABLE, in one commit. */
  async #place(decisions: readonly Decision[]): Promise<void> {
    const { specifications, jobs, ledger } = this.#options;
    // A retried child is decided on by its own id, and is specified as its array is.
    const entries = decisions.flatMap(({ jobId }) => jobs.get(parseJobId(jobId).jobId) ?? []);
    const isAtHand = entries.every(({ jobId }) => specifications.peek(jobId));
    const pauses = this.#pauses;
    const fetched = isAtHand ? undefined : await specifications.fetch(entries);
    if (pauses !== this.#pauses) return;
    ledger.transact((transaction) => {
      for (const decision of decisions) {
        const { jobId } = parseJobId(decision.jobId);
        const job = fetched?.get(jobId) ?? specifications.peek(jobId);
        this.#carryOut(transaction, decision, job);
      }
    });
  }

  #carryOut(transaction: Transaction, decision: Decision, job: SpecifiedJob | undefined): void {
    switch (decision.kind) {
      case 'place':
      case 'place-gang':
        this.#placeOne(transaction, decision, job);
        break;
      default:
        decision satisfies never;
    }
  }

  #placeOne(transaction: Transaction, decision: Decision, job: SpecifiedJob | undefined): void {
    const { jobs, queues, clock, random, logs } = this.#options;
    const environment = queues.environment(decision.computeEnvironmentArn);
    const at = clock.now();
    let failure: NodePlace['failure'];
    const taskId = newTaskId(at, random);
    const placed = jobs.place(transaction, decision, (holder) => {
      const { jobId, scope } = holder.job;
      const instance = instanceOf(decision, holder.index);
      if (!environment || instance === undefined) return undefined;
      invariant(job, `job ${jobId} is in memory and not in the store`);
      const node = nodeHeld(job.specification, holder);
      invariant(node, `nothing is said of what ${jobId} runs`);
      const limits = decision.reason.limits.map(describeLimit);
      const place = placeTask(logs, transaction, { scope, job, node, taskId }, at, (containers) => ({
        ...placementOf(environment, { pool: decision.pool, instance }, taskId, containers, at),
        ...(limits.length > 0 && { limits }),
      }));
      failure = place.failure;
      return place.placement;
    });
    if (placed && failure) jobs.report(transaction, { kind: 'ended', at, ...failure });
  }
}
