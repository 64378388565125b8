import type { AuditLog } from '../../../audit/index.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { type TrailProgressRecord, type TrailRecord, trailProgressRecords, trailRecords } from '../records.ts';
import type { FileStore } from './file-store.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Tells a topic that files were delivered. Rejects with words. */
export type Notify = (trail: TrailRecord, message: string, signal: AbortSignal) => Promise<void>;

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly audit: Pick<AuditLog, 'collect' | 'end'>;
  readonly files: FileStore;
  readonly keys: SigningKeys;
  readonly notify: Notify;
  /** How long a digest is of. */
  readonly digestEvery: Milliseconds;
}

/** A trail, and how far it has come. */
export interface TrailState {
  readonly trail: TrailRecord;
  readonly progress: TrailProgressRecord;
}

/** A trail as it is now, of which it was known before; undefined once it is gone. */
export function stateOf({ ledger }: Pick<DeliveryParts, 'ledger'>, of: TrailRecord): TrailState | undefined {
  const trail = ledger.get(trailRecords, of, of.name);
  const progress = ledger.get(trailProgressRecords, of, of.name);
  return trail?.id === of.id && progress?.id === of.id ? { trail, progress } : undefined;
}

/** Changes how far a trail has come, and what goes with that, if it is still there. Resolves once that is durable. */
export async function advance(
  { ledger }: Pick<DeliveryParts, 'ledger'>,
  of: TrailRecord,
  change: (state: TrailState, transaction: Transaction) => TrailProgressRecord,
): Promise<void> {
  ledger.transact((transaction) => {
    const state = stateOf({ ledger }, of);
    if (state) transaction.put(trailProgressRecords, change(state, transaction));
  });
  await ledger.store.settled();
}
