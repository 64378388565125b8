import type { DeliveredFact, FactConsumer } from '../../../store/index.ts';

/** Tells whoever waits for a job that it has begun, or ended. */
export class JobWatch implements FactConsumer {
  readonly name = 'lambda-jobs';
  readonly #watchers = new Map<string, Set<Changes>>();

  async deliver(facts: readonly DeliveredFact[]): Promise<void> {
    for (const { fact } of facts) {
      if (fact.kind === 'job') for (const changes of this.#watchers.get(fact.jobId) ?? []) changes.tell();
    }
  }

  /** Calls `work` with the changes of a job from now on, which fail once `signal` aborts. */
  async during<Result>(jobId: string, signal: AbortSignal, work: (changes: Changes) => Promise<Result>) {
    const changes = new Changes();
    const watchers = this.#watchers.get(jobId) ?? new Set();
    this.#watchers.set(jobId, watchers.add(changes));
    const onAbort = () => changes.fail(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await work(changes);
    } finally {
      signal.removeEventListener('abort', onAbort);
      watchers.delete(changes);
      if (watchers.size === 0) this.#watchers.delete(jobId);
    }
  }
}

/** What somebody waits for, one after the other. None is missed between two waits. */
export class Changes {
  #next = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | undefined;

  tell(): void {
    this.#next.resolve();
  }

  /** The next wait fails, and it alone: that nobody waits just now is no rejection that nobody handles. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#next.resolve();
  }

  /** Waits until something was told of since the last wait. */
  async wait(): Promise<void> {
    await this.#next.promise;
    this.#next = Promise.withResolvers();
    if (this.#failure) throw this.#failure.error;
  }
}
