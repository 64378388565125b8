import type { AccountId } from '../../core/ids.ts';
import type { Ledger } from '../../store/index.ts';
import { findManagedPolicy } from './entities.ts';
import { invalidInput, noSuchEntity } from './refusals.ts';

/** Refuses an ARN that no boundary can be. Throws `NoSuchEntity`, `InvalidInput`. */
export function checkBoundary(ledger: Ledger, account: AccountId, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\//.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
  if (findManagedPolicy(ledger, account, arn)) return;
  throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}
