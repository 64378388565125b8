import type { TaskId } from '../core/ids.ts';
import type { EngineEvent } from './contract.ts';

interface Subscriber {
  readonly queue: EngineEvent[];
  wake: () => void;
}

/** Reports that have not been released, in order, and those who wait for more. */
export class UnreleasedEvents {
  readonly #byTask = new Map<TaskId, EngineEvent[]>();
  readonly #subscribers = new Set<Subscriber>();

  /** Takes a report; a repeat of one already held is dropped. */
  add(event: EngineEvent): void {
    const held = this.#byTask.get(event.taskId) ?? [];
    if (event.sequence <= (held.at(-1)?.sequence ?? 0)) return;
    this.#byTask.set(event.taskId, [...held, event]);
    for (const subscriber of this.#subscribers) {
      subscriber.queue.push(event);
      subscriber.wake();
    }
  }

  /** The last report of a task. */
  last(taskId: TaskId): EngineEvent | undefined {
    return this.#byTask.get(taskId)?.at(-1);
  }

  release(taskId: TaskId): void {
    this.#byTask.delete(taskId);
  }

  /** Everything held, task by task in order of their first report, then what comes, until `signal` aborts. */
  async *stream(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const subscriber: Subscriber = { queue: [...this.#byTask.values()].flat(), wake: () => {} };
    const onAbort = () => subscriber.wake();
    this.#subscribers.add(subscriber);
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        for (const event of subscriber.queue.splice(0)) {
          // Whoever hears one may stop listening, or release a task, before the next.
          if (signal.aborted) return;
          if (this.#byTask.has(event.taskId)) yield event;
        }
        if (subscriber.queue.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          subscriber.wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#subscribers.delete(subscriber);
    }
  }
}
