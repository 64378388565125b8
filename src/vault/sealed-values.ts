import type { Scope } from '../core/arn.ts';
import type { Ledger, RecordType } from '../store/index.ts';
import { keyIdOf } from './envelope.ts';
import { ValueUnreadable, type Vault } from './vault.ts';

/** What a record with a value has of it. */
export interface Sealed {
  /** The value's envelope. */
  readonly sealed: string;
}

/** The index that a type of record with values has: by the key that its value is sealed under. */
export const sealedUnder = { value: ({ sealed }: Sealed): string | undefined => keyIdOf(sealed) };

/** All values of one type of record, for whoever seals them anew without looking into them. */
export interface SealedValues {
  /** How many there are. */
  total(ledger: Ledger): number;
  /** How many are sealed under a key. */
  count(ledger: Ledger, keyId: string): number;
  /** Seals up to `limit` values of a key anew, in one transaction, and answers how many. What does not open stays as it is. */
  sealAnew(ledger: Ledger, vault: Vault, from: { readonly keyId: string; readonly limit: number }): number;
}

/** The values of a type of record, each of which is sealed for its own place. */
export function sealedValues<Value extends Scope & Sealed, IndexName extends string>(
  type: RecordType<Value, IndexName | 'sealedUnder'>,
  placeOf: (record: Value) => string,
): SealedValues {
  const under = (ledger: Ledger, scope: Scope, keyId: string) =>
    ledger.by(type, scope, 'sealedUnder', { value: keyId });
  return {
    total: (ledger) => ledger.scopes(type).reduce((sum, scope) => sum + ledger.count(type, scope), 0),
    count: (ledger, keyId) =>
      ledger.scopes(type).reduce((sum, scope) => sum + ledger.countBy(type, scope, 'sealedUnder', keyId), 0),
    sealAnew: (ledger, vault, { keyId, limit }) => {
      const anew: Value[] = [];
      for (const scope of ledger.scopes(type)) {
        for (const record of under(ledger, scope, keyId)) {
          if (anew.length === limit) break;
          const sealed = resealed(vault, record.sealed, placeOf(record));
          if (sealed !== undefined) anew.push({ ...record, sealed });
        }
      }
      ledger.transact((transaction) => {
        for (const record of anew) transaction.put(type, record);
      });
      return anew.length;
    },
  };
}

/** Undefined for a value that does not open: damage to one must not keep the others under an old key. */
function resealed(vault: Vault, envelope: string, place: string): string | undefined {
  try {
    return vault.seal(vault.open(envelope, place), place);
  } catch (error) {
    if (error instanceof ValueUnreadable) return undefined;
    throw error;
  }
}
