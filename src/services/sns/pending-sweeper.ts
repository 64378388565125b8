import type { Clock } from '../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { Sweep } from '../../core/sweep.ts';
import type { Ledger } from '../../store/index.ts';
import { askedAt, type SubscriptionRecord, subscriptionRecords } from './records.ts';

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
      const late = someLate(ledger, clock.now());
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

/** As many as go in one transaction; of the others it looks at one for each scope. */
function someLate(ledger: Ledger, now: EpochMilliseconds): readonly SubscriptionRecord[] {
  const late: SubscriptionRecord[] = [];
  for (const scope of ledger.scopes(subscriptionRecords)) {
    for (const each of ledger.by(subscriptionRecords, scope, 'unconfirmed')) {
      if (late.length === sliceSize || now - askedAt(each) <= longestPending) break;
      late.push(each);
    }
  }
  return late;
}
