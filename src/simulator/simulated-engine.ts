import type { CancelTimer } from '../core/clock.ts';
import type { EpochMilliseconds, Milliseconds, TaskId } from '../core/ids.ts';
import type { EndCause } from '../core/job.ts';
import type { TaskEvent } from '../lifecycle/index.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a task is to do. */
export interface TaskPlan {
  /** From its start to the report that it runs. */
  readonly starting: Milliseconds;
  /** Absent: until it is stopped. */
  readonly milliseconds?: Milliseconds;
  readonly exitCode: number;
}

interface Task {
  readonly plan: TaskPlan;
  startedAt?: EpochMilliseconds;
  cancel: CancelTimer;
}

/** As SIGTERM ends a process that does not care for it. */
const terminated = 143;

/** Plays tasks on the clock of a simulation, as an engine whose jobs end at once when they are stopped. */
export class SimulatedEngine {
  readonly #clock: VirtualClock;
  readonly #report: (event: TaskEvent & { readonly at: EpochMilliseconds }) => void;
  readonly #tasks = new Map<TaskId, Task>();

  constructor(clock: VirtualClock, report: (event: TaskEvent & { readonly at: EpochMilliseconds }) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  start(taskId: TaskId, plan: TaskPlan): void {
    const cancel = this.#clock.after(plan.starting, () => this.#begin(taskId));
    this.#tasks.set(taskId, { plan, cancel });
  }

  /** A task that runs since then already: `milliseconds` is what is left of it. */
  goOn(taskId: TaskId, plan: TaskPlan, startedAt: EpochMilliseconds): void {
    const { milliseconds, exitCode } = plan;
    const isEndless = milliseconds === undefined;
    const cancel = isEndless ? () => {} : this.#clock.after(milliseconds, () => this.#end(taskId, 'exited', exitCode));
    this.#tasks.set(taskId, { plan, startedAt, cancel });
  }

  stop(taskId: TaskId): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    task.cancel();
    task.cancel = this.#clock.after(0, () => this.#end(taskId, 'stopped', terminated));
  }

  /** Its host is gone: it ends at once, and nobody saw how. */
  lose(taskId: TaskId, statusReason: string): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    task.cancel();
    this.#tasks.delete(taskId);
    const at = this.#clock.now();
    this.#report({
      kind: 'ended',
      at,
      taskId,
      cause: 'lost',
      statusReason,
      containers: [{ name: 'default', stoppedAt: at }],
    });
  }

  #begin(taskId: TaskId): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const { milliseconds, exitCode } = task.plan;
    const at = this.#clock.now();
    task.startedAt = at;
    this.#report({ kind: 'started', at, taskId });
    if (milliseconds === undefined) return;
    task.cancel = this.#clock.after(milliseconds, () => this.#end(taskId, 'exited', exitCode));
  }

  #end(taskId: TaskId, cause: EndCause, exitCode: number): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    this.#tasks.delete(taskId);
    const at = this.#clock.now();
    const { startedAt } = task;
    const times = { ...(startedAt === undefined ? {} : { startedAt }), stoppedAt: at };
    this.#report({
      kind: 'ended',
      at,
      taskId,
      cause,
      statusReason: '',
      containers: [{ name: 'default', ...times, exitCode }],
    });
  }
}
