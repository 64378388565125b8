import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { Placement } from '../../../core/job.ts';
import type { EngineKind, RecoveredTask } from '../../../engines/index.ts';
import { stopGraceMilliseconds } from '../../../lifecycle/index.ts';
import type { JobRecord, Ledger, LoadedState } from '../../../store/index.ts';
import { type ActiveJobs, type JobEntry, type PlacedState, placed } from './active-jobs.ts';
import type { AttemptTimeouts } from './attempt-timeouts.ts';
import { type Dependencies, waitsForTheGone } from './dependencies.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskRuns } from './task-runs.ts';
import type { Counters, JobTransitions } from './transitions.ts';

/** Tasks settled in one turn of the event loop: after a reboot each is a transition. */
const tasksPerTurn = 250;

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
      for (const record of slice.jobs) entries.push(entryOf(record, queueArns));
    }
    const { jobs, queues, timeouts, counters, ledger } = this.#options;
    ledger.rebuild(loaded.records);
    timeouts.disarmAll();
    jobs.clear();
    queues.reset();
    queues.refresh();
    counters.lastTransition = loaded.lastTransition;
    counters.lastNumber = loaded.lastJobNumber;
    counters.lowestSequence = loaded.sequences.lowest;
    counters.highestSequence = loaded.sequences.highest;
    for (const entry of entries) this.#take(entry);
  }

  /** Settles what happened to tasks while nobody looked. Call before listening to the engines' reports. */
  async reconcile(): Promise<void> {
    await this.#reconcileTasks(() => true);
    for (const entry of this.#options.jobs.all()) {
      if (waitsForTheGone(this.#options.jobs, entry))
        await this.#options.dependencies.recheck(entry.scope, entry.jobId);
    }
  }

  /** An engine answers again: tell it once more what it may have missed. */
  retell(kind: EngineKind): Promise<void> {
    return this.#reconcileTasks((entry) => this.#kindOf(entry) === kind);
  }

  async #reconcileTasks(concerns: (entry: JobEntry) => boolean): Promise<void> {
    const { jobs, engines } = this.#options;
    // Before the question: what starts to run after an engine has answered is not in its answer, and yet not lost.
    const before = new Map(jobs.withTasks().map((entry) => [entry, entry.state]));
    const known = await engines.recover();
    let inTurn = 0;
    for (const [entry, state] of before) {
      if (entry.state !== state || !concerns(entry)) continue;
      this.#reconcileTask(entry, known);
      inTurn += 1;
      if (inTurn % tasksPerTurn === 0) await nextTurn();
    }
    await this.#forgetUnheld(known);
  }

  /** Ends what engines have and no job holds: while an engine did not answer, it was not told to stop or to release it. */
  async #forgetUnheld(known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>): Promise<void> {
    const { engines, jobs, ledger } = this.#options;
    // A task whose end is on its way to the disk is not held either, and its report is still needed if that fails.
    const isDurable = await ledger.store.settled().then(
      () => true,
      () => false,
    );
    if (!isDurable) return;
    for (const [kind, tasks] of known) {
      for (const { taskId, state } of tasks) {
        if (jobs.byTask(taskId)) continue;
        if (state === 'ended' || state === 'tombstone') await engines.release(kind, taskId);
        else await engines.stop(kind, taskId, 0);
      }
    }
  }

  #take(entry: JobEntry): void {
    const { jobs, queues, timeouts } = this.#options;
    const { state } = entry;
    jobs.add(entry);
    if (state.status === 'RUNNABLE') queues.enqueue(entry);
    const task = placed(state);
    if (task) queues.running(entry, task.placement);
    if (state.status === 'RUNNING' && state.deadline !== undefined && !state.stop)
      timeouts.arm(entry.jobId, state.placement.taskId, state.deadline);
  }

  #reconcileTask(entry: JobEntry, known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>): void {
    const { runs } = this.#options;
    const task = placed(entry.state);
    if (!task) return;
    const kind = this.#kindOf(entry);
    if (kind === undefined) {
      this.#loseEnvironment(entry, task, known);
      return;
    }
    const tasks = known.get(kind as EngineKind);
    if (!tasks) return;
    // A tombstone's task has not run: starting it once more says so, and undoes the placement.
    const isKnown = tasks.some(({ taskId, state }) => taskId === task.placement.taskId && state !== 'tombstone');
    if (!isKnown && task.status === 'RUNNING') {
      this.#lose(entry, task.placement);
      return;
    }
    // Stop first: for a task that has not begun the start then answers `tombstone`, and nothing runs.
    if (task.stop) runs.stopTask(entry.jobId, task.placement.taskId, stopGraceMilliseconds);
    if (!isKnown) runs.startTask(entry.jobId);
  }

  /** The environment is deleted, and no engine that answered has the task. One that did not answer may: then it waits. */
  #loseEnvironment(
    entry: JobEntry,
    { status, placement }: PlacedState,
    known: ReadonlyMap<EngineKind, readonly RecoveredTask[]>,
  ): void {
    const { engines, ledger, transitions, clock } = this.#options;
    if (known.size < engines.count) return;
    if (status === 'RUNNING') {
      this.#lose(entry, placement);
      return;
    }
    const event = { kind: 'start-refused', at: clock.now(), taskId: placement.taskId } as const;
    ledger.transact((transaction) => transitions.apply(transaction, entry, event));
  }

  #kindOf(entry: JobEntry): string | undefined {
    const placement = placed(entry.state)?.placement;
    if (!placement) return undefined;
    const { queues, engines } = this.#options;
    return queues.engineOf(placement.computeEnvironmentArn) ?? engines.holderOf(placement.taskId);
  }

  /** The task ran, and its engine has no record of it: nobody will ever report its end. */
  #lose(entry: JobEntry, { taskId, instance }: Placement): void {
    const { ledger, transitions, clock } = this.#options;
    const at = clock.now();
    ledger.transact((transaction) =>
      transitions.apply(transaction, entry, {
        kind: 'ended',
        at,
        taskId,
        cause: 'lost',
        statusReason: `Host EC2 (instance ${instance}) terminated.`,
        containers: [{ name: 'default', stoppedAt: at }],
      }),
    );
  }
}

/** Equal queue ARNs become one string: a million waiting jobs would hold a million copies. */
function entryOf(record: JobRecord, queueArns: Map<string, string>): JobEntry {
  invariant(record.kind === 'single', `job ${record.jobId} is of a kind that nothing submits yet`);
  const { account, region, jobId, createdAt, order, resources, retryStrategy, timeoutSeconds, state, dependsOn } =
    record;
  const jobQueueArn = queueArns.get(record.jobQueueArn) ?? record.jobQueueArn;
  queueArns.set(jobQueueArn, jobQueueArn);
  const ids = dependsOn.flatMap((dependency) => ('on' in dependency ? [dependency.on] : []));
  const waitingFor = state.status === 'PENDING' ? [...new Set(ids)] : [];
  const scope = { account, region };
  return { scope, jobId, jobQueueArn, createdAt, order, resources, retryStrategy, timeoutSeconds, state, waitingFor };
}
