import type { AccountId, Milliseconds } from '../../core/ids.ts';
import type { KeyUse } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { wholeSeconds } from './limits.ts';
import { accessKeyRecords, iamScope, keyUseRecords } from './records.ts';

/** How exactly it is known, as on AWS: what is done often costs a commit once in so long. */
const fineness: Milliseconds = 15 * 60_000;

/** Keeps when a key was last used. A server that may change nothing keeps nothing. */
export function noteKeyUse(ledger: Ledger, account: AccountId, { accessKeyId: id, service, region, at }: KeyUse): void {
  const place = iamScope(account);
  const known = ledger.get(keyUseRecords, place, id);
  if (known && at - known.usedAt < fineness) return;
  if (!ledger.takesChanges || !ledger.get(accessKeyRecords, place, id)) return;
  const usedAt = wholeSeconds(at);
  ledger.transact((transaction) => transaction.put(keyUseRecords, { ...place, id, usedAt, service, usedIn: region }));
}
