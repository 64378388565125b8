import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import { TurnUnits } from '../../../core/turn-units.ts';
import { type AttemptTimeouts, type Jobs, type LoadedArray, unitsOfJob, unitsPerTurn } from '../../../jobs/index.ts';
import type { JobSlice, Ledger, LoadedState, StoreReads } from '../../../store/index.ts';
import { endedJobs } from './ended-jobs.ts';
import type { Instances } from './instances.ts';
import type { JobJournal } from './job-journal.ts';
import { arraysOf } from './loaded-arrays.ts';
import type { QueueModel } from './queue-model.ts';
import type { SchedulingTime } from './scheduling-time.ts';
import { storedTimes } from './stored-shares.ts';
import type { TaskLogs } from './task-logs.ts';

const nodesPerRead = 1_000;

export interface RecoveryOptions {
  readonly ledger: Ledger;
  readonly time: SchedulingTime;
  readonly reads: StoreReads;
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly queues: QueueModel;
  readonly instances: Instances;
  readonly timeouts: AttemptTimeouts;
  readonly logs: TaskLogs;
}

/** Makes the yard's memory what the store holds. */
export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /**
   * Replaces every job in memory by what the store holds, a slice in a turn. The ledger is filled already; nothing may change
   * meanwhile.
   */
  async fill(loaded: LoadedState): Promise<void> {
    const { jobs, queues, instances, timeouts, logs, ledger, time } = this.#options;
    timeouts.hold();
    logs.clear();
    queues.reset();
    const turn = new TurnUnits(unitsPerTurn);
    for (const at of storedTimes(ledger)) {
      time.notBefore(at);
      if (turn.spend(1)) await nextTurn();
    }
    jobs.reset(loaded.lastJobNumber, loaded.sequences);
    queues.refresh();
    await instances.fill(turn);
    queues.refreshConsumables();
    for await (const slice of loaded.jobs) {
      await this.#fillSlice(slice, turn);
      // The next slice may be there already: without a pause slices would follow each other in one turn.
      await nextTurn();
    }
    for (const _turn of jobs.loaded()) await nextTurn();
    for (const _share of queues.refreshShares()) if (turn.spend(1)) await nextTurn();
  }

  /** Lets go on what was under way when memory was lost, and tells jobs that wait what has become of others. */
  async takeUp(): Promise<void> {
    this.#options.timeouts.release();
    this.#options.jobs.recheck();
    await this.#tellOfAbsent();
  }

  /** In as many turns as it takes: a thousand arrays have ten million children. */
  async #fillSlice(slice: JobSlice, turn: TurnUnits): Promise<void> {
    const { jobs, reads } = this.#options;
    const arrays = await arraysOf(slice, reads, turn);
    for (const job of slice.jobs) {
      // No wait for what needs none: a million of them would take their turns one by one.
      if (job.kind === 'single') {
        jobs.load({ job });
        if (turn.spend(1)) await nextTurn();
      } else if (job.kind === 'array') await this.#fillArray(arrays.get(job.number), turn);
      else {
        const nodes = await reads.nodes({ number: job.number, limit: nodesPerRead });
        jobs.load({ job, nodes });
        if (turn.spend(1 + nodes.length)) await nextTurn();
      }
    }
  }

  async #fillArray(array: LoadedArray | undefined, turn: TurnUnits): Promise<void> {
    invariant(array, 'every array of a slice was read');
    for (const units of this.#options.jobs.loadArray(array)) if (turn.spend(units)) await nextTurn();
  }

  /** Tells jobs that wait what has become of those that had ended before memory was built. */
  async #tellOfAbsent(): Promise<void> {
    const { jobs } = this.#options;
    const turn = new TurnUnits(unitsPerTurn);
    for (const slice of jobs.absent()) {
      if (slice.length === 0) await nextTurn();
      for (const group of Map.groupBy(slice, ({ scope }) => scope).values()) {
        const [first] = group;
        if (first) await this.#tellOf(first.scope, [...new Set(group.map(({ jobId }) => jobId))], turn);
      }
    }
  }

  /** Each in a transaction of its own: of an array each child is looked at, and there may be hundreds of 10,000. */
  async #tellOf(scope: Scope, ids: readonly JobId[], turn: TurnUnits): Promise<void> {
    const { jobs, journal, reads } = this.#options;
    const ended = await endedJobs(reads, await reads.jobs(scopeOf(scope), ids));
    for (const id of ids) {
      const job = ended.get(id);
      let told = 0;
      journal.transact((transaction) => {
        told = jobs.tellOfEnded(transaction, id, job);
      });
      if (turn.spend(unitsOfJob(job?.size) + told)) await nextTurn();
    }
  }
}
