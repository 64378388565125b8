import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { readSecretId } from './names.ts';
import { type SecretRecord, secretRecords } from './records.ts';
import { markedForDeletion, secretMissing } from './refusals.ts';

/** The secret that a name, an ARN or the beginning of an ARN names, if there is one. */
export function lookUpSecret(ledger: Ledger, scope: Scope, id: string): SecretRecord | undefined {
  for (const reference of readSecretId(scope, id)) {
    const found = ledger.get(secretRecords, scope, reference.name);
    if (found && (reference.kind === 'name' || found.arn === reference.arn)) return found;
  }
  return undefined;
}

/** The same, marked for deletion or not. Throws `ResourceNotFoundException`. */
export function findSecret(ledger: Ledger, scope: Scope, id: string): SecretRecord {
  const found = lookUpSecret(ledger, scope, id);
  if (!found) throw secretMissing();
  return found;
}

/** The same, which must not be marked for deletion: else throws `InvalidRequestException`. */
export function findLiveSecret(ledger: Ledger, scope: Scope, id: string): SecretRecord {
  const found = findSecret(ledger, scope, id);
  if (found.deletedAt !== undefined) throw markedForDeletion();
  return found;
}
