import type { Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { DueKind } from './due-kind.ts';
import type { DueWork } from './due-work.ts';
import type { Consequence, FactConsumer } from './fact-pump.ts';
import type { DeliveredFact } from './fact-slice.ts';
import type { Transaction } from './transaction.ts';

/** Between two tries of what was set aside. */
const askAgainAfter: Milliseconds = 3_600_000;
/** So often it is tried, for a day; then the log alone has it. */
const triesAside = 24;

interface Aside {
  readonly consumer: string;
  readonly facts: readonly DeliveredFact[];
  readonly tries: number;
}

/** What becomes of facts that a consumer could not take: put away first, then taken after all, given up, or dropped with the consumer. */
export type AsideEvent = 'set_aside' | 'taken' | 'given_up' | 'dropped';

/** Hears, once that is durable, what became of `count` facts. */
export type OnAside = (consumer: string, event: AsideEvent, count: number) => void;

export interface FactsAsideOptions {
  readonly due: Pick<DueWork, 'register' | 'put'>;
  readonly consumers: readonly FactConsumer[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onAside: OnAside;
}

/**
 * Facts that a consumer could not take however often it was told: the others go on without it. They wait as work that is
 * due, with all that they say, since the log may be trimmed behind them.
 */
export class FactsAside {
  readonly #options: FactsAsideOptions;
  readonly #kind: DueKind<Aside>;

  constructor(options: FactsAsideOptions) {
    this.#options = options;
    this.#kind = { kind: 'fact.aside', longestWait: askAgainAfter, atOnce: 1, perform: ({ body }) => this.#try(body) };
    options.due.register(this.#kind);
  }

  put(transaction: Transaction, consumer: string, facts: readonly DeliveredFact[]): void {
    const [first] = facts;
    if (!first) return;
    const key = `${consumer} ${first.sequence} ${first.children?.offset ?? 0}`;
    const dueAt = this.#options.clock.now() + askAgainAfter;
    this.#options.due.put(transaction, this.#kind, { key, dueAt, body: { consumer, facts, tries: 0 } });
    this.#tell(transaction, consumer, 'set_aside', facts.length);
  }

  #tell(transaction: Transaction, consumer: string, event: AsideEvent, count: number): void {
    transaction.onCommitted(() => this.#options.onAside(consumer, event, count));
  }

  async #try(body: Aside): ReturnType<DueKind<Aside>['perform']> {
    const { consumers, clock, logger } = this.#options;
    const consumer = consumers.find(({ name }) => name === body.consumer);
    const over = (event: AsideEvent, consequence?: Consequence) => ({
      kind: 'done' as const,
      consequence: (transaction: Transaction) => {
        consequence?.(transaction);
        this.#tell(transaction, body.consumer, event, body.facts.length);
      },
    });
    // One that this release does not have any more needs nothing.
    if (!consumer) return over('dropped');
    try {
      const consequence = await consumer.deliver(body.facts);
      return over('taken', consequence ?? undefined);
    } catch (error) {
      if (error instanceof CommitFailed) throw error;
      const tries = body.tries + 1;
      if (tries < triesAside) return { kind: 'again', at: clock.now() + askAgainAfter, body: { ...body, tries } };
      logger.error({ consumer: body.consumer, facts: body.facts, err: error }, 'facts are given up');
      return over('given_up');
    }
  }
}
