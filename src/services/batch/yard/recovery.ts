import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import { isTerminal } from '../../../core/job.ts';
import type { UnfinishedJob } from '../../../core/job-record.ts';
import {
  type ChildCode,
  decodeChildren,
  type EndedJob,
  hasRow,
  isEndedCode,
  type Jobs,
  type LoadedJob,
} from '../../../jobs/index.ts';
import type { LoadedState, StoreReads } from '../../../store/index.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import type { JobJournal } from './job-journal.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskLogs } from './task-logs.ts';

const nodesPerRead = 1_000;

export interface RecoveryOptions {
  readonly reads: StoreReads;
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly queues: QueueModel;
  readonly timeouts: AttemptTimeouts;
  readonly logs: TaskLogs;
}

/** Makes the yard's memory what the store holds. */
export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Replaces every job in memory by what the store holds, a slice in a turn. The ledger is filled already; nothing may change meanwhile. */
  async fill(loaded: LoadedState): Promise<void> {
    const { jobs, queues, timeouts, logs } = this.#options;
    timeouts.hold();
    logs.clear();
    queues.reset();
    jobs.reset(loaded.lastJobNumber, loaded.sequences);
    queues.refresh();
    for await (const slice of loaded.jobs) {
      const bits = new Map(slice.bits.map((row) => [row.number, row.bits]));
      for (const job of slice.jobs) {
        // No wait for what needs none: a million of them would take their turns one by one.
        if (job.kind === 'single') jobs.load({ job });
        else jobs.load(await this.#withParts(job, bits.get(job.number)));
      }
      // The next slice may be there already: without a pause slices would follow each other in one turn.
      await nextTurn();
    }
    for (const _turn of jobs.loaded()) await nextTurn();
  }

  /** Lets go on what was under way when memory was lost, and tells jobs that wait what has become of others. */
  async takeUp(): Promise<void> {
    this.#options.timeouts.release();
    this.#options.jobs.recheck();
    await this.#tellOfAbsent();
  }

  /** The rows of an array's live children, the nodes of a multi-node job. */
  async #withParts(job: UnfinishedJob, bits: Uint8Array | undefined): Promise<LoadedJob> {
    const { reads } = this.#options;
    const { number } = job;
    if (job.kind === 'multiNode') return { job, nodes: await reads.nodes({ number, limit: nodesPerRead }) };
    if (job.kind !== 'array') return { job };
    invariant(bits, `array ${job.jobId} has no bits`);
    const codes = [...decodeChildren(bits, job.size).codes] as ChildCode[];
    const indexes = codes.flatMap((code, index) => (hasRow(code) && !isEndedCode(code) ? [index] : []));
    return { job, bits, children: indexes.length === 0 ? [] : await reads.arrayChildren({ number, indexes }) };
  }

  /** Tells jobs that wait what has become of those that had ended before memory was built. */
  async #tellOfAbsent(): Promise<void> {
    const { jobs } = this.#options;
    for (const slice of jobs.absent()) {
      if (slice.length === 0) await nextTurn();
      for (const group of Map.groupBy(slice, ({ scope }) => scope).values()) {
        const [first] = group;
        if (first) await this.#tellOf(first.scope, [...new Set(group.map(({ jobId }) => jobId))]);
      }
    }
  }

  async #tellOf(scope: Scope, ids: readonly JobId[]): Promise<void> {
    const { jobs, journal } = this.#options;
    const ended = await this.#endedJobs(scope, ids);
    journal.transact((transaction) => {
      for (const id of ids) jobs.tellOfEnded(transaction, id, ended.get(id));
    });
  }

  async #endedJobs(scope: Scope, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, EndedJob>> {
    const { reads } = this.#options;
    const records = (await reads.jobs(scopeOf(scope), ids)).map(({ record }) => record);
    const arrays = records.filter(({ kind }) => kind === 'array').map(({ number }) => number);
    const rows = arrays.length === 0 ? [] : await reads.arrayBits(arrays);
    const bits = new Map(rows.map((row) => [row.number, row.bits]));
    return new Map(
      records.flatMap((record) => {
        const { jobId, kind, number, state } = record;
        if (!isTerminal(state.status)) return [];
        const ofChildren = bits.get(number);
        const parts = record.kind === 'array' && ofChildren ? { size: record.size, bits: ofChildren } : {};
        return [[jobId, { jobId, kind, status: state.status, ...parts }] as const];
      }),
    );
  }
}
