import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { JobId, TaskId } from '../../../core/ids.ts';
import { isTerminal, type Placement } from '../../../core/job.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import type { Logger } from '../../../core/logger.ts';
import type { EngineKind, RecoveredTask } from '../../../engines/index.ts';
import {
  type ChildCode,
  decodeChildren,
  type EndedJob,
  type HeldTask,
  hasRow,
  heldTask,
  isEndedCode,
  type Jobs,
  type LoadedJob,
} from '../../../jobs/index.ts';
import { stopGraceMilliseconds } from '../../../lifecycle/index.ts';
import type { Ledger, LoadedState, StoreReads } from '../../../store/index.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import type { JobJournal } from './job-journal.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskRuns } from './task-runs.ts';

/** Tasks settled in one turn of the event loop: after a reboot each is a transition. */
const tasksPerTurn = 250;
const nodesPerRead = 1_000;

export interface RecoveryOptions {
  readonly ledger: Ledger;
  readonly reads: StoreReads;
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly queues: QueueModel;
  readonly timeouts: AttemptTimeouts;
  readonly engines: TaskEngines;
  readonly runs: TaskRuns;
  readonly clock: Clock;
  /** Why nothing is decided for now, in words: what memory says may be an older past. */
  readonly hold: string | undefined;
  readonly logger: Logger;
}

/** Makes the yard's memory what the store holds, then brings engines and memory together again. */
export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Replaces every job in memory by what the store holds, a slice in a turn. The ledger is filled already; nothing may change meanwhile. */
  async fill(loaded: LoadedState): Promise<void> {
    const { jobs, queues, timeouts } = this.#options;
    timeouts.hold();
    queues.reset();
    jobs.reset(loaded.lastJobNumber, loaded.sequences);
    queues.refresh();
    for await (const slice of loaded.jobs) {
      const bits = new Map(slice.bits.map((row) => [row.number, row.bits]));
      for (const record of slice.jobs) {
        // No wait for what needs none: a million of them would take their turns one by one.
        if (record.kind === 'single') jobs.load({ record });
        else jobs.load(await this.#withParts(record, bits.get(record.number)));
      }
      // The next slice may be there already: without a pause slices would follow each other in one turn.
      await nextTurn();
    }
    for (const _turn of jobs.loaded()) await nextTurn();
  }

  /** Settles what happened to tasks while nobody looked, and to those that jobs wait for. Call before listening to the engines' reports. */
  async reconcile(): Promise<void> {
    await this.#reconcileTasks(() => true);
    this.#options.timeouts.release();
    this.#options.jobs.recheck();
    await this.#tellOfAbsent();
  }

  /** An engine answers again: tell it once more what it may have missed. */
  retell(kind: EngineKind): Promise<void> {
    return this.#reconcileTasks((placement) => this.#kindOf(placement) === kind);
  }

  /** The rows of an array's live children, the nodes of a multi-node job. */
  async #withParts(record: JobRecord, bits: Uint8Array | undefined): Promise<LoadedJob> {
    const { reads } = this.#options;
    const { number } = record;
    if (record.kind === 'multiNode') return { record, nodes: await reads.nodes({ number, limit: nodesPerRead }) };
    if (record.kind !== 'array') return { record };
    invariant(bits, `array ${record.jobId} has no bits`);
    const codes = [...decodeChildren(bits, record.size)] as ChildCode[];
    const indexes = codes.flatMap((code, index) => (hasRow(code) && !isEndedCode(code) ? [index] : []));
    return { record, bits, children: indexes.length === 0 ? [] : await reads.arrayChildren({ number, indexes }) };
  }

  async #reconcileTasks(concerns: (placement: Placement) => boolean): Promise<void> {
    const { jobs, engines } = this.#options;
    // Before the question: what starts to run after an engine has answered is not in its answer, and yet not lost.
    const before = [...jobs.tasks()].map(([taskId, holder]) => ({ taskId, holder, held: heldTask(holder) }));
    const known = await engines.recover();
    const states = statesByTask(known);
    let inTurn = 0;
    for (const { taskId, holder, held } of before) {
      const now = heldTask(holder);
      const isAsItWas = now && now.placement.taskId === taskId && now.status === held?.status;
      if (!isAsItWas || !concerns(now.placement)) continue;
      this.#reconcileTask(taskId, now, known, states);
      inTurn += 1;
      if (inTurn % tasksPerTurn === 0) await nextTurn();
    }
    await this.#forgetUnheld(known);
  }

  /**
   * Ends what engines have and no job holds: while an engine did not answer, it was not told to stop or to release it. Where
   * commits are lost, its job may be among them: until the operator has decided, it is let be.
   */
  async #forgetUnheld(known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>): Promise<void> {
    const { jobs, ledger } = this.#options;
    // A task whose end is on its way to the disk is not held either, and its report is still needed if that fails.
    const isDurable = await ledger.store.settled().then(
      () => true,
      () => false,
    );
    if (!isDurable) return;
    for (const [kind, tasks] of known) {
      for (const task of tasks) {
        if (jobs.byTask(task.taskId) || (await this.#adopt(kind, task))) continue;
        if (this.#options.hold === undefined) await this.#forget(kind, task);
      }
    }
  }

  async #forget(kind: EngineKind, { taskId, state }: RecoveredTask): Promise<void> {
    const { engines } = this.#options;
    if (state === 'ended' || state === 'tombstone') await engines.release(kind, taskId);
    else await engines.stop(kind, taskId, 0);
  }

  /** A task that was started is of a placement that was committed: where the store has lost that, its job gets it back. */
  async #adopt(kind: EngineKind, { taskId, state }: RecoveredTask): Promise<boolean> {
    if (state === 'tombstone' || state === 'claimed') return false;
    const { engines, journal, jobs, logger } = this.#options;
    const origin = await engines.originOf(kind, taskId);
    // One that cannot say it now may say it later: until then its task is not ended either.
    if (origin === 'unanswered') return true;
    if (!origin) return false;
    let isAdopted = false;
    journal.transact((transaction) => {
      isAdopted = jobs.adopt(transaction, origin.jobId, origin.placement);
    });
    if (isAdopted) logger.warn({ jobId: origin.jobId, taskId }, 'a job got back the attempt that the store had lost');
    return isAdopted;
  }

  #reconcileTask(
    taskId: TaskId,
    held: HeldTask,
    known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>,
    states: ReadonlyMap<TaskId, RecoveredTask['state']>,
  ): void {
    const { runs } = this.#options;
    const kind = this.#kindOf(held.placement);
    if (kind === undefined) {
      this.#loseEnvironment(held, known);
      return;
    }
    if (!known.has(kind as EngineKind)) return;
    // A tombstone's task has not run: starting it once more says so, and undoes the placement.
    const state = states.get(taskId);
    const isKnown = state !== undefined && state !== 'tombstone';
    // Its end may be among what was lost: until the operator has decided, it is neither lost nor begun again.
    if (!isKnown && this.#options.hold !== undefined) return;
    if (!isKnown && held.status === 'RUNNING') {
      this.#lose(held.placement);
      return;
    }
    // Stop first: for a task that has not begun the start then answers `tombstone`, and nothing runs.
    if (held.isToStop) runs.stopTask(held.placement, stopGraceMilliseconds);
    if (!isKnown) runs.startTask(taskId);
  }

  /** The environment is deleted, and no engine that answered has the task. One that did not answer may: then it waits. */
  #loseEnvironment({ status, placement }: HeldTask, known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>): void {
    const { engines, journal, jobs, clock } = this.#options;
    if (known.size < engines.count) return;
    if (status === 'RUNNING') {
      this.#lose(placement);
      return;
    }
    const event = { kind: 'start-refused', at: clock.now(), taskId: placement.taskId } as const;
    journal.transact((transaction) => jobs.report(transaction, event));
  }

  #kindOf({ computeEnvironmentArn, taskId }: Placement): string | undefined {
    const { queues, engines } = this.#options;
    return queues.engineOf(computeEnvironmentArn) ?? engines.holderOf(taskId);
  }

  /** The task ran, and its engine has no record of it: nobody will ever report its end. */
  #lose({ taskId, instance }: Placement): void {
    const { journal, jobs, clock } = this.#options;
    const at = clock.now();
    journal.transact((transaction) =>
      jobs.report(transaction, {
        kind: 'ended',
        at,
        taskId,
        cause: 'lost',
        statusReason: `Host EC2 (instance ${instance}) terminated.`,
        containers: [{ name: 'default', stoppedAt: at }],
      }),
    );
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

function statesByTask(
  known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>,
): ReadonlyMap<TaskId, RecoveredTask['state']> {
  return new Map([...known.values()].flat().map(({ taskId, state }) => [taskId, state]));
}
