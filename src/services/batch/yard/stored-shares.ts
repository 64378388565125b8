import { formatArn, parseArn, type Scope } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { AccountId, EpochMilliseconds, Region } from '../../../core/ids.ts';
import type { StoredShare } from '../../../scheduler/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { instanceRecords, jobQueueRecords, type ShareRecord, shareRecords } from '../records.ts';

/** Stores what has become of shares, with the change that made it so. */
export function putShares(transaction: Transaction, shares: readonly StoredShare[]): void {
  for (const { queueArn, share, usage, at, idleSince } of shares) {
    const record: ShareRecord = {
      ...sharePlace(queueArn),
      share,
      usage,
      at,
      ...(idleSince !== undefined && { idleSince }),
    };
    transaction.put(shareRecords, record);
  }
}

/** All that is stored of shares, one after the other. */
export function* storedShares(ledger: Ledger): Generator<StoredShare> {
  for (const { account, region, queue, ...share } of ledger.each(shareRecords))
    yield { queueArn: formatArn('batch', { account, region }, `job-queue/${queue}`), ...share };
}

/** When shares changed, instances became idle, and decays by which use fades: the scheduler's time was as late as each of them once. */
export function* storedTimes(ledger: Ledger): Generator<EpochMilliseconds> {
  for (const { at, idleSince = at } of ledger.each(shareRecords)) yield Math.max(at, idleSince);
  for (const { idleSince = 0 } of ledger.each(instanceRecords)) yield idleSince;
  for (const { decays = [] } of ledger.all(jobQueueRecords)) yield decays.at(-1)?.since ?? 0;
}

/** Where the records of a queue's shares are: its scope and its name. */
export function sharePlace(queueArn: string): Scope & { readonly queue: string } {
  const arn = parseArn(queueArn);
  invariant(arn, `${queueArn} is no ARN`);
  const queue = arn.resource.slice(arn.resource.indexOf('/') + 1);
  return { account: arn.account as AccountId, region: arn.region as Region, queue };
}
