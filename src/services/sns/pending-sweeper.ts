import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { Ledger } from '../../store/index.ts';
import { hiddenAttributes, type SubscriptionRecord, subscriptionRecords } from './records.ts';
import { isConfirmed } from './subscriptions.ts';

/** AWS's: a token confirms for two days. */
const longestPending: Milliseconds = 2 * 86_400_000;
const interval: Milliseconds = 3_600_000;

interface SweeperOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Removes subscriptions that nobody confirmed in time. */
export class PendingSweeper {
  readonly #options: SweeperOptions;
  #cancel: CancelTimer | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#cancel = this.#options.clock.after(interval, () => {
      this.sweep();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  sweep(): void {
    const { ledger, clock, logger } = this.#options;
    const late = ledger.all(subscriptionRecords).filter((each) => isLate(each, clock.now()));
    if (late.length === 0) return;
    try {
      ledger.transact((transaction) => {
        for (const each of late) transaction.delete(subscriptionRecords, each, each.name);
      });
    } catch (error) {
      logger.warn({ err: error }, 'subscriptions that nobody confirmed could not be removed yet');
    }
  }
}

function isLate(subscription: SubscriptionRecord, now: number): boolean {
  const askedAt = Number(hiddenAttributes(subscription).AskedAt ?? subscription.createdAt);
  return !isConfirmed(subscription) && now - askedAt > longestPending;
}
