import type { Scope } from '../../core/arn.ts';
import type { RecordType } from '../../store/index.ts';
import { type IamCall, placeOf } from './operation.ts';
import { nameKey } from './records.ts';
import { alreadyExists, overQuota } from './refusals.ts';

/** Throws `EntityAlreadyExists` with these words, for a name that differs by its case alone too. */
export function demandAbsent<Value extends Scope>(
  call: IamCall,
  type: RecordType<Value, string>,
  name: string,
  words: string,
): void {
  if (call.ledger.get(type, placeOf(call), nameKey(name))) throw alreadyExists(words);
}

/** Throws `LimitExceeded` if the account has as many as it may. */
export function demandRoom<Value extends Scope>(
  call: IamCall,
  type: RecordType<Value, string>,
  quota: string,
  most: number,
): void {
  if (call.ledger.count(type, placeOf(call)) >= most) throw overQuota(quota, most);
}
