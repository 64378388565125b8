import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { ActivityQueues, ActivityTask } from '../contract.ts';

/** A worker that waits for a task. */
interface Poller {
  readonly workerName: string | undefined;
  readonly take: (task: ActivityTask | undefined) => void;
}

interface Queue {
  readonly tasks: Map<string, ActivityTask>;
  readonly pollers: Set<Poller>;
}

export interface PollRequest {
  readonly workerName?: string | undefined;
  /** How long to wait for a task. */
  readonly wait: Milliseconds;
  /** Ends the wait: the worker has gone away. */
  readonly signal: AbortSignal;
}

/**
 * Tasks and workers of activities, both first come, first served. A task is told that it started at the moment that it is
 * given to a worker, and is never given to a second one: as with AWS, heartbeats and timeouts find lost workers.
 */
export class MemoryActivityQueues implements ActivityQueues {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();
  /** The activity of each task that waits. */
  readonly #places = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  offer(activityArn: string, task: ActivityTask): void {
    if (this.#places.has(task.key)) return;
    const queue = this.#queue(activityArn);
    const [poller] = queue.pollers;
    if (poller) {
      poller.take(task);
      task.started(poller.workerName);
      return;
    }
    queue.tasks.set(task.key, task);
    this.#places.set(task.key, activityArn);
  }

  withdraw(key: string): void {
    const activityArn = this.#places.get(key);
    if (activityArn === undefined) return;
    this.#places.delete(key);
    this.#queues.get(activityArn)?.tasks.delete(key);
    this.#tidy(activityArn);
  }

  /** Forgets all tasks; workers wait on, for the tasks that are offered anew. */
  reset(): void {
    this.#places.clear();
    for (const [arn, queue] of this.#queues) {
      queue.tasks.clear();
      this.#tidy(arn);
    }
  }

  /** Tells every worker that waits that there is nothing, at once. */
  dismiss(): void {
    for (const { pollers } of [...this.#queues.values()]) for (const poller of [...pollers]) poller.take(undefined);
  }

  /** How many workers wait for tasks of an activity. */
  pollersOf(activityArn: string): number {
    return this.#queues.get(activityArn)?.pollers.size ?? 0;
  }

  /** The next task of an activity, as soon as there is one; undefined when the wait is over first. */
  poll(activityArn: string, { workerName, wait, signal }: PollRequest): Promise<ActivityTask | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const waiting = this.#takeWaiting(activityArn);
    if (waiting) {
      waiting.started(workerName);
      return Promise.resolve(waiting);
    }
    return new Promise((resolve) => {
      const queue = this.#queue(activityArn);
      const leave = () => poller.take(undefined);
      const poller: Poller = {
        workerName,
        take: (task) => {
          queue.pollers.delete(poller);
          cancel();
          signal.removeEventListener('abort', leave);
          this.#tidy(activityArn);
          resolve(task);
        },
      };
      const cancel = this.#clock.after(wait, leave);
      signal.addEventListener('abort', leave);
      queue.pollers.add(poller);
    });
  }

  #takeWaiting(activityArn: string): ActivityTask | undefined {
    const [task] = this.#queues.get(activityArn)?.tasks.values() ?? [];
    if (task) this.withdraw(task.key);
    return task;
  }

  #queue(activityArn: string): Queue {
    const present = this.#queues.get(activityArn);
    if (present) return present;
    const queue: Queue = { tasks: new Map(), pollers: new Set() };
    this.#queues.set(activityArn, queue);
    return queue;
  }

  #tidy(activityArn: string): void {
    const queue = this.#queues.get(activityArn);
    if (queue?.tasks.size === 0 && queue.pollers.size === 0) this.#queues.delete(activityArn);
  }
}
