import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { DueKind } from './due-kind.ts';
import type { DueWork } from './due-work.ts';
import type { Ledger } from './ledger.ts';

/** How often expired records are looked for. */
const interval: Milliseconds = 60 * 60_000;
/** Rows in one trim: a turn of the writer stays short. */
const sliceSize = 500;

/**
 * Keeps idempotency records from piling up: slice after slice goes until none has expired, so that they go as fast as they
 * came. Register it before `open`, and call `begin` after: it is done then, and every hour.
 */
export function idempotencyTrim(ledger: Ledger, clock: Clock): DueKind<null> & { begin(work: DueWork): void } {
  const kind: DueKind<null> = {
    kind: 'idempotency.trim',
    longestWait: interval,
    atOnce: 1,
    perform: async () => {
      const now = clock.now();
      const first = await ledger.store.reads.firstIdempotencyExpiry();
      if (first === undefined || first > now) return { kind: 'again', at: now + interval };
      const trim = { kind: 'idempotency.trim', before: now, limit: sliceSize } as const;
      return { kind: 'again', at: now, consequence: (transaction) => transaction.add(trim) };
    },
  };
  const begin = (work: DueWork) =>
    ledger.transact((transaction) => work.put(transaction, kind, { key: '', dueAt: clock.now(), body: null }));
  return { ...kind, begin };
}
