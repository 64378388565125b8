import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { Sweep } from '../../../core/sweep.ts';
import type { Ledger } from '../../../store/index.ts';
import { shareKey, shareRecords } from '../records.ts';
import type { QueueModel } from './queue-model.ts';
import { sharePlace } from './stored-shares.ts';

/** Where nothing fades slowly each job may have an identifier of its own: what comes in between is kept, in memory too. */
const interval: Milliseconds = 60_000;
/** Shares forgotten in one transaction. */
const sliceSize = 200;

interface ShareSweeperOptions {
  readonly ledger: Ledger;
  readonly queues: Pick<QueueModel, 'fadedShares' | 'apply'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Forgets shares of which nothing is left, in memory and in the store: identifiers come and go. */
export function shareSweep({ ledger, queues, clock, onError }: ShareSweeperOptions): Sweep {
  const deleteSlice = async () => {
    const faded = queues.fadedShares(sliceSize);
    if (faded.length === 0) return 0;
    ledger.transact((transaction) => {
      for (const name of faded) {
        const place = sharePlace(name.queueArn);
        transaction.delete(shareRecords, place, shareKey(place.queue, name.share));
        transaction.onAccepted(() => queues.apply({ kind: 'share-removed', ...name }));
      }
    });
    return faded.length;
  };
  return new Sweep({ clock, interval, deleteSlice, onError });
}
