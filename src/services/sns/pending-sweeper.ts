import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { Sweep } from '../../core/sweep.ts';
import type { Ledger } from '../../store/index.ts';
import { hiddenAttributes, type SubscriptionRecord, subscriptionRecords } from './records.ts';
import { isConfirmed } from './subscriptions.ts';

/** AWS's: a token confirms for two days. */
const longestPending: Milliseconds = 2 * 86_400_000;
const interval: Milliseconds = 3_600_000;
/** Subscriptions removed in one transaction. */
const sliceSize = 500;

interface SweeperOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Removes subscriptions that nobody confirmed in time: now, and every hour. */
export function pendingSweep({ ledger, clock, logger }: SweeperOptions): Sweep {
  return new Sweep({
    clock,
    interval,
    deleteSlice: async () => {
      const late = ledger
        .all(subscriptionRecords)
        .filter((each) => isLate(each, clock.now()))
        .slice(0, sliceSize);
      if (late.length === 0) return 0;
      ledger.transact((transaction) => {
        for (const each of late) transaction.delete(subscriptionRecords, each, each.name);
      });
      await ledger.store.settled();
      return late.length;
    },
    onError: (error) => logger.warn({ err: error }, 'subscriptions that nobody confirmed could not be removed yet'),
  });
}

function isLate(subscription: SubscriptionRecord, now: number): boolean {
  const askedAt = Number(hiddenAttributes(subscription).AskedAt ?? subscription.createdAt);
  return !isConfirmed(subscription) && now - askedAt > longestPending;
}
