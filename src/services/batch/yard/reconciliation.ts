import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import { type EngineEvent, type EngineKind, lostReason, type RecoveredTask } from '../../../engines/index.ts';
import { type HeldTask, heldTask, type Jobs, type TaskHolder } from '../../../jobs/index.ts';
import { stopGraceMilliseconds, unseenOutcomes } from '../../../lifecycle/index.ts';
import type { JobJournal } from './job-journal.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskRuns } from './task-runs.ts';
import type { UnheldTasks } from './unheld-tasks.ts';

/** Tasks settled in one turn of the event loop: after a reboot each is a transition. */
const tasksPerTurn = 250;
/** So long a beginning waits for what engines say of their tasks; jobs of one that needs longer wait on, those of others go on. */
const patience: Milliseconds = 5_000;

export interface ReconciliationOptions {
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly queues: QueueModel;
  readonly engines: TaskEngines;
  readonly runs: TaskRuns;
  readonly unheld: UnheldTasks;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** One question to an engine what it has, and all that follows from the answer. */
interface Round {
  readonly kind: EngineKind;
  /** Memory is rebuilt, or the engine was asked anew: what this round knows is old. */
  readonly isOver: () => boolean;
}

/** Brings engines and memory together: at the beginning, and when an engine answers again. */
export class Reconciliation {
  readonly #options: ReconciliationOptions;
  /** Until it aborts memory is whole: what no job of it holds, no job of the store does. */
  #whole: AbortSignal | undefined;
  readonly #rounds = new Map<EngineKind, Round>();
  /** Who has said since memory was filled what it has. */
  readonly #answered = new Set<EngineKind>();
  /** Whose tasks are since then all held by jobs, or on their way to be forgotten. */
  readonly #settled = new Set<EngineKind>();

  constructor(options: ReconciliationOptions) {
    this.#options = options;
  }

  /** Asks all engines at once. Resolves when all that answer are settled, or after a while: the others go on by themselves. */
  async begin(whole: AbortSignal): Promise<void> {
    const { engines, queues, unheld, clock, onError } = this.#options;
    this.#whole = whole;
    this.#answered.clear();
    this.#settled.clear();
    unheld.clear();
    queues.refreshEngines();
    const rounds = Promise.all(engines.kinds.map((kind) => this.#reconcile(kind, whole)));
    const enough = Promise.withResolvers<void>();
    const cancel = clock.after(patience, enough.resolve);
    const onAbort = () => enough.resolve();
    whole.addEventListener('abort', onAbort);
    try {
      await Promise.race([rounds, enough.promise]);
    } finally {
      cancel();
      whole.removeEventListener('abort', onAbort);
    }
    rounds.catch((error) => {
      if (!whole.aborted) onError(error);
    });
  }

  /** An engine answers again: tells it once more what it may have missed. Before `begin` that does so. */
  async retell(kind: EngineKind): Promise<void> {
    const whole = this.#whole;
    if (whole && !whole.aborted) await this.#reconcile(kind, whole);
  }

  /** Why an engine that answers gets no job: a job that waits may have a task there that the store has lost. */
  problem(kind: EngineKind): string | undefined {
    const { engines } = this.#options;
    if (!this.#whole || this.#settled.has(kind)) return undefined;
    if (!engines.kinds.includes(kind)) return undefined;
    return 'it has yet to say which tasks it has';
  }

  /** A report of a task that no job holds: its end is recorded and only the release was lost, or its record is gone for good. */
  onUnknownTask(kind: EngineKind, event: EngineEvent): void {
    const whole = this.#whole;
    // All reports come again once memory is whole.
    if (!whole || whole.aborted) return;
    const task = this.#options.unheld.hear(kind, event);
    if (task && this.#settled.has(kind)) this.#settleReported(kind, whole, [task]);
  }

  async #reconcile(kind: EngineKind, whole: AbortSignal): Promise<void> {
    const { engines, queues, unheld } = this.#options;
    const round: Round = { kind, isOver: () => whole.aborted || this.#rounds.get(kind) !== round };
    this.#rounds.set(kind, round);
    // Before the question: what starts to run after the engine has answered is not in its answer, and yet not lost.
    const before = this.#heldNow(kind);
    const tasks = await engines.recover(kind);
    if (!tasks || round.isOver()) return;
    this.#answered.add(kind);
    await this.#settleHeld(round, before, tasks);
    if (round.isOver() || !(await unheld.settle(kind, tasks, round.isOver))) return;
    // What an engine reports and did not name, as a stop that came before its start.
    this.#settleReported(kind, whole, unheld.reported(kind));
    if (this.#settled.has(kind)) return;
    this.#settled.add(kind);
    queues.refreshEngines();
  }

  #settleReported(kind: EngineKind, whole: AbortSignal, tasks: readonly RecoveredTask[]): void {
    const { unheld, onError } = this.#options;
    if (tasks.length === 0) return;
    unheld
      .settle(kind, tasks, () => whole.aborted)
      .catch((error) => {
        if (!whole.aborted) onError(error);
      });
  }

  /** What an engine is to be asked about, or nobody knows which. */
  #heldNow(kind: EngineKind): readonly (readonly [TaskId, TaskHolder, HeldTask])[] {
    return [...this.#options.jobs.tasks()].flatMap(([taskId, holder]) => {
      const held = heldTask(holder);
      return held && this.#mayBeOf(kind, held.placement) ? [[taskId, holder, held] as const] : [];
    });
  }

  #mayBeOf(kind: EngineKind, placement: Placement): boolean {
    return (this.#kindOf(placement) ?? kind) === kind;
  }

  async #settleHeld(
    round: Round,
    before: readonly (readonly [TaskId, TaskHolder, HeldTask])[],
    tasks: readonly RecoveredTask[],
  ): Promise<void> {
    const states = new Map(tasks.map(({ taskId, state }) => [taskId, state]));
    let inTurn = 0;
    for (const [taskId, holder, held] of before) {
      const now = heldTask(holder);
      if (now?.placement.taskId !== taskId || !this.#mayBeOf(round.kind, now.placement)) continue;
      // One that began meanwhile is known; it may all the same not have been told to end.
      if (now.status === held.status) this.#settleTask(now, states.get(taskId));
      else if (now.isToStop) this.#options.runs.stopTask(now.placement, stopGraceMilliseconds);
      inTurn += 1;
      if (inTurn % tasksPerTurn === 0) await nextTurn();
      if (round.isOver()) return;
    }
  }

  #settleTask(held: HeldTask, state: RecoveredTask['state'] | undefined): void {
    const { runs } = this.#options;
    if (this.#kindOf(held.placement) === undefined) {
      this.#loseEnvironment(held);
      return;
    }
    // A tombstone's task has not run: starting it once more says so, and undoes the placement.
    const isKnown = state !== undefined && state !== 'tombstone';
    if (!isKnown && held.status === 'RUNNING') {
      this.#lose(held.placement);
      return;
    }
    // Stop first: for a task that has not begun the start then answers `tombstone`, and nothing runs.
    if (held.isToStop) runs.stopTask(held.placement, stopGraceMilliseconds);
    if (!isKnown) runs.startTask(held.placement.taskId);
  }

  /** The environment is deleted, and no engine that answered has the task. One that did not answer may: then it waits. */
  #loseEnvironment({ status, placement }: HeldTask): void {
    const { engines, journal, jobs, clock } = this.#options;
    if (this.#answered.size < engines.kinds.length) return;
    if (status === 'RUNNING') {
      this.#lose(placement);
      return;
    }
    const event = { kind: 'start-refused', at: clock.now(), taskId: placement.taskId } as const;
    journal.transact((transaction) => jobs.report(transaction, event));
  }

  #kindOf({ computeEnvironmentArn, taskId }: Placement): EngineKind | undefined {
    const { queues, engines } = this.#options;
    return queues.engineOf(computeEnvironmentArn) ?? engines.holderOf(taskId);
  }

  /** The task ran, and its engine has no record of it: nobody will ever report its end. */
  #lose(placement: Placement): void {
    const { taskId, instance } = placement;
    const { journal, jobs, clock } = this.#options;
    const at = clock.now();
    journal.transact((transaction) =>
      jobs.report(transaction, {
        kind: 'ended',
        at,
        taskId,
        cause: 'lost',
        statusReason: lostReason(instance),
        containers: unseenOutcomes(placement, at),
      }),
    );
  }
}
