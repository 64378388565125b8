import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { rememberedFor } from './limits.ts';
import type { Entry, MessageQueue } from './queue/index.ts';

interface Attempt {
  readonly at: Milliseconds;
  readonly leases: readonly { readonly entry: Entry; readonly nonce: number; readonly dueAt: Milliseconds }[];
}

/** Attempts that are remembered of one queue. */
const most = 100_000;

/** What receives with an attempt id were given, by that id: for five minutes, and not beyond a restart. */
export class Attempts {
  readonly #clock: Clock;
  readonly #queues = new WeakMap<MessageQueue, Map<string, Attempt>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the attempt was given, if all of it is still out as it was then. */
  find(queue: MessageQueue, id: string): readonly Entry[] | undefined {
    const attempt = this.#of(queue).get(id);
    const isSame = attempt?.leases.every(({ entry, nonce, dueAt }) => {
      return queue.has(entry) && entry.place === 'leased' && entry.nonce === nonce && entry.dueAt === dueAt;
    });
    return isSame ? attempt?.leases.map(({ entry }) => entry) : undefined;
  }

  remember(queue: MessageQueue, id: string, entries: readonly Entry[]): void {
    const attempts = this.#of(queue);
    const leases = entries.map((entry) => ({ entry, nonce: entry.nonce, dueAt: entry.dueAt }));
    attempts.delete(id);
    attempts.set(id, { at: this.#clock.monotonic(), leases });
  }

  #of(queue: MessageQueue): Map<string, Attempt> {
    const attempts = this.#queues.get(queue) ?? new Map<string, Attempt>();
    this.#queues.set(queue, attempts);
    const until = this.#clock.monotonic() - rememberedFor;
    for (const [id, { at }] of attempts) {
      if (at > until && attempts.size <= most) break;
      attempts.delete(id);
    }
    return attempts;
  }
}
