import type { Clock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { EngineKind, RecoveredTask } from '../../../engines/index.ts';
import { stopGraceMilliseconds } from '../../../lifecycle/index.ts';
import type { JobRecord, Ledger, LoadedState } from '../../../store/index.ts';
import { type ActiveJobs, type JobEntry, placed } from './active-jobs.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import { type Dependencies, waitsForTheGone } from './dependencies.ts';
import type { HostIdentity } from './placement.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskRuns } from './task-runs.ts';
import type { Counters, JobTransitions } from './transitions.ts';

export interface RecoveryOptions {
  readonly ledger: Ledger;
  readonly jobs: ActiveJobs;
  readonly queues: QueueModel;
  readonly timeouts: AttemptTimeouts;
  readonly transitions: JobTransitions;
  readonly dependencies: Dependencies;
  readonly engines: TaskEngines;
  readonly runs: TaskRuns;
  readonly counters: Counters;
  readonly host: HostIdentity;
  readonly clock: Clock;
}

/** Rebuilds memory from the store, then brings engines and memory together again. */
export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Replaces everything in memory by what the store holds; in one turn, once all of it is read. */
  async load(loaded: LoadedState): Promise<void> {
    const entries: JobEntry[] = [];
    const queueArns = new Map<string, string>();
    for await (const slice of loaded.jobs) {
      for (const record of slice) entries.push(entryOf(record, queueArns));
    }
    const { jobs, queues, timeouts, counters, ledger } = this.#options;
    ledger.rebuild(loaded.resources);
    timeouts.disarmAll();
    jobs.clear();
    queues.reset();
    queues.refresh();
    counters.lastTransition = loaded.lastTransition;
    counters.lowestSequence = loaded.sequences.lowest;
    counters.highestSequence = loaded.sequences.highest;
    for (const entry of entries) this.#take(entry);
  }

  /** Settles what happened to tasks while nobody looked. Call before listening to the engines' reports. */
  async reconcile(): Promise<void> {
    const known = await this.#options.engines.recover();
    for (const entry of this.#options.jobs.withTasks()) this.#reconcileTask(entry, known);
    for (const entry of this.#options.jobs.all()) {
      if (waitsForTheGone(this.#options.jobs, entry))
        await this.#options.dependencies.recheck(entry.scope, entry.jobId);
    }
  }

  /** An engine answers again: tell it once more what it may have missed. */
  async retell(kind: EngineKind): Promise<void> {
    const known = await this.#options.engines.recover();
    for (const entry of this.#options.jobs.withTasks()) {
      if (this.#kindOf(entry) === kind) this.#reconcileTask(entry, known);
    }
  }

  #take(entry: JobEntry): void {
    const { jobs, queues, timeouts } = this.#options;
    const { state } = entry;
    jobs.add(entry);
    if (state.status === 'RUNNABLE') queues.enqueue(entry);
    const task = placed(state);
    if (task) queues.running(entry, task.placement.computeEnvironmentArn);
    if (state.status === 'RUNNING' && state.deadline !== undefined && !state.stop)
      timeouts.arm(entry.jobId, state.placement.taskId, state.deadline);
  }

  #reconcileTask(entry: JobEntry, known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>): void {
    const { host, runs } = this.#options;
    const task = placed(entry.state);
    const tasks = known.get(this.#kindOf(entry) as EngineKind);
    if (!task || !tasks) return;
    // A tombstone's task has not run: starting it once more says so, and undoes the placement.
    const isKnown = tasks.some(({ taskId, state }) => taskId === task.placement.taskId && state !== 'tombstone');
    const isLost = task.placement.bootId !== host.bootId || (!isKnown && task.status === 'RUNNING');
    if (isLost) {
      this.#lose(entry, task.placement.taskId);
      return;
    }
    // Stop first: for a task that has not begun the start then answers `tombstone`, and nothing runs.
    if (task.stop) runs.stopTask(entry.jobId, task.placement.taskId, stopGraceMilliseconds);
    if (!isKnown) runs.startTask(entry.jobId);
  }

  #kindOf(entry: JobEntry): string | undefined {
    const arn = placed(entry.state)?.placement.computeEnvironmentArn;
    return arn === undefined ? undefined : this.#options.queues.engineOf(arn);
  }

  /** The host died under the task: nobody will ever report it. */
  #lose(entry: JobEntry, taskId: TaskId): void {
    const { ledger, transitions, clock, host } = this.#options;
    const at = clock.now();
    ledger.transact((transaction) =>
      transitions.apply(transaction, entry, {
        kind: 'ended',
        at,
        taskId,
        cause: 'lost',
        statusReason: `Host EC2 (instance ${host.instanceId}) terminated.`,
        containers: [{ name: 'default', stoppedAt: at }],
      }),
    );
  }
}

/** Equal queue ARNs become one string: a million waiting jobs would hold a million copies. */
function entryOf(record: JobRecord, queueArns: Map<string, string>): JobEntry {
  const { account, region, jobId, createdAt, sequence, resources, state } = record;
  const jobQueueArn = queueArns.get(record.jobQueueArn) ?? record.jobQueueArn;
  queueArns.set(jobQueueArn, jobQueueArn);
  return { scope: { account, region }, jobId, jobQueueArn, createdAt, sequence, resources, state };
}
