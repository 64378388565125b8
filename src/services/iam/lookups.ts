import type { Scope } from '../../core/arn.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Ledger, RecordType } from '../../store/index.ts';
import { entityArn, policyNameIn } from './arns.ts';
import { iamScope, nameKey, type PolicyRecord, policyRecords } from './records.ts';

interface Entity extends Scope {
  readonly name: string;
  readonly id: string;
}

/** The entity of a name, spelled as it is. */
export function findByName<Value extends Entity>(
  ledger: Ledger,
  type: RecordType<Value, string>,
  account: AccountId,
  name: string,
): Value | undefined {
  const found = ledger.get(type, iamScope(account), nameKey(name));
  return found?.name === name ? found : undefined;
}

/** The entity of a unique id. */
export function findById<Value extends Entity>(
  ledger: Ledger,
  type: RecordType<Value, 'id'>,
  account: AccountId,
  id: string,
): Value | undefined {
  // All ids are of one length, so what comes behind the beginning of one is it, or shares that beginning.
  for (const found of ledger.by<Value, 'id'>(type, iamScope(account), 'id', { after: id.slice(0, -1) })) {
    if (found.id >= id) return found.id === id ? found : undefined;
  }
  return undefined;
}

/** The policy of the account that an ARN names whole. */
export function findPolicy(ledger: Ledger, account: AccountId, arn: string): PolicyRecord | undefined {
  const name = policyNameIn(account, arn);
  const found = name === undefined ? undefined : findByName(ledger, policyRecords, account, name);
  return found && entityArn('policy', found) === arn ? found : undefined;
}
