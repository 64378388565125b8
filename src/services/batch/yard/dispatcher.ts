import type { Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { JobId } from '../../../core/ids.ts';
import { parseJobId } from '../../../core/job.ts';
import { newTaskId, type RandomSource } from '../../../core/random.ts';
import { carryOut, instanceOf, type Jobs, Planning } from '../../../jobs/index.ts';
import { type BlockedChange, type Decision, describeLimit, type InstanceDecision } from '../../../scheduler/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { placementOf } from './placement.ts';
import type { QueueModel } from './queue-model.ts';
import type { SchedulingTime } from './scheduling-time.ts';
import { nodeHeld, type SpecificationCache, type SpecifiedJob } from './specification-cache.ts';
import type { TaskLogs } from './task-logs.ts';
import { placeTask } from './task-placing.ts';

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly queues: Pick<QueueModel, 'plan' | 'environment' | 'queue'>;
  readonly specifications: SpecificationCache;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly time: SchedulingTime;
  readonly random: RandomSource;
  /** Heads of queues that a plan found blocked, or no longer; `isWhole` if it came to all queues. */
  readonly onBlocked: (changes: readonly BlockedChange[], isWhole: boolean) => void;
  readonly onError: (error: unknown) => void;
  /** Stores what was decided of instances. */
  readonly onInstances: (decisions: readonly InstanceDecision[]) => void;
}

/** Turns the scheduler's decisions into placed attempts. The lifecycle then asks for each task's start, after the commit. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #planning: Planning;
  /** Decisions that are not carried out yet. */
  readonly #underWay = new Set<readonly Decision[]>();
  /** Grows with every pause: a decision taken before one is not of this memory any more. */
  #pauses = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { jobs, queues: scheduler, clock, time, onBlocked, onInstances: instances, onError } = options;
    this.#planning = new Planning({
      ...{ scheduler, jobs, clock, onBlocked, instances, onError },
      now: () => time.now(),
      soon: setImmediate,
      place: (decisions) => void this.#carryOut(decisions).catch(onError),
    });
  }

  /** Lets the dispatcher decide; before the first call, and after `pause`, `poke` does nothing. */
  resume(): void {
    this.#planning.resume();
  }

  pause(): void {
    this.#planning.pause();
    this.#pauses += 1;
  }

  /** Something may have become placeable: plan in the next turn. */
  poke(): void {
    this.#planning.poke();
  }

  /** Jobs for which a place is decided, and that are not placed yet. */
  *decided(): Generator<JobId> {
    for (const decisions of this.#underWay) for (const { jobId } of decisions) yield parseJobId(jobId).jobId;
  }

  async #carryOut(decisions: readonly Decision[]): Promise<void> {
    this.#underWay.add(decisions);
    try {
      await this.#place(decisions);
    } finally {
      this.#underWay.delete(decisions);
    }
  }

  /** Reads what is not at hand, then places every job that is still RUNNABLE, in one commit. */
  async #place(decisions: readonly Decision[]): Promise<void> {
    failpoint('dispatch.decided');
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
        this.#placeOne(transaction, decision, job);
      }
    });
  }

  #placeOne(transaction: Transaction, decision: Decision, job: SpecifiedJob | undefined): void {
    const { jobs, queues, clock, random, logs } = this.#options;
    const environment = queues.environment(decision.computeEnvironmentArn);
    const at = clock.now();
    carryOut({ jobs, transaction, at }, decision, (holder) => {
      const { jobId, scope } = holder.job;
      const instance = instanceOf(decision, holder.index);
      // It may have been held since the plan, while specifications were read.
      const isHeld = queues.queue(holder.job.jobQueueArn)?.hold !== undefined;
      if (!environment || instance === undefined || isHeld) return undefined;
      invariant(job, `job ${jobId} is in memory and not in the store`);
      const node = nodeHeld(job.specification, holder);
      invariant(node, `nothing is said of what ${jobId} runs`);
      const limits = decision.reason.limits.map(describeLimit);
      const taskId = newTaskId(at, random);
      return placeTask(logs, transaction, { scope, job, node, taskId }, at, (containers) => ({
        ...placementOf(environment, { pool: decision.pool, instance }, taskId, containers, at),
        ...(limits.length > 0 && { limits }),
      }));
    });
  }
}
