import { Turns } from '../../core/turns.ts';

/** Who waits for a piece of work. */
export interface Waiter<Progress> {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Shared<Progress, Result> {
  readonly result: Promise<Result>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: Progress) => void>;
  waiters: number;
  latest: Progress | undefined;
}

export type Work<Progress, Result> = (tell: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>;

/**
 * Work that several want at once is done once: all see how far it is, and its end. Each may give up alone; with the last of
 * them the work is aborted. Work that is wanted again begins only when the one before, under the same key, has ended.
 */
export class SharedWork<Progress, Result> {
  readonly #shared = new Map<string, Shared<Progress, Result>>();
  readonly #turns = new Turns();
  readonly #closing = new AbortController();

  isUnderWay(key: string): boolean {
    return this.#shared.has(key);
  }

  async run(key: string, waiter: Waiter<Progress>, work: Work<Progress, Result>): Promise<Result> {
    waiter.signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const shared = this.#shared.get(key) ?? this.#begin(key, work);
    shared.waiters += 1;
    const { onProgress } = waiter;
    if (onProgress) {
      shared.listeners.add(onProgress);
      if (shared.latest !== undefined) onProgress(shared.latest);
    }
    try {
      return await orAborted(shared.result, waiter.signal);
    } finally {
      if (onProgress) shared.listeners.delete(onProgress);
      this.#leave(key, shared, waiter.signal);
    }
  }

  /** Aborts all that is under way, and waits for its end. Nothing begins any more. */
  async close(reason: unknown): Promise<void> {
    this.#closing.abort(reason);
    for (const { abort } of this.#shared.values()) abort.abort(reason);
    await this.#turns.idle();
  }

  #begin(key: string, work: Work<Progress, Result>): Shared<Progress, Result> {
    const abort = new AbortController();
    const listeners = new Set<(progress: Progress) => void>();
    const tell = (progress: Progress) => {
      shared.latest = progress;
      for (const listener of listeners) listener(progress);
    };
    const result = this.#turns.take(key, async () => {
      abort.signal.throwIfAborted();
      return await work(tell, abort.signal);
    });
    const shared: Shared<Progress, Result> = { result, abort, listeners, waiters: 0, latest: undefined };
    this.#shared.set(key, shared);
    const forget = () => {
      if (this.#shared.get(key) === shared) this.#shared.delete(key);
    };
    // Those that wait have the error; with none left there is nobody to tell.
    result.then(forget, forget);
    return shared;
  }

  #leave(key: string, shared: Shared<Progress, Result>, signal: AbortSignal | undefined): void {
    shared.waiters -= 1;
    if (shared.waiters > 0 || !signal?.aborted || this.#shared.get(key) !== shared) return;
    this.#shared.delete(key);
    shared.abort.abort(signal.reason);
  }
}

async function orAborted<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return await result;
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
