import type { Scope } from '../core/arn.ts';
import type { Ledger, RecordIndex, RecordType } from '../store/index.ts';
import { keyIdOf } from './envelope.ts';
import { ValueUnreadable, type Vault } from './vault.ts';

/** What a record with a value has of it. */
export interface Sealed {
  /** The value's envelope. */
  readonly sealed: string;
}

/** The index that a type of record with values has: by the key that its value is sealed under, in the order of `keyOf`, its key. */
export function sealedUnder<Value extends Sealed>(keyOf: (record: Value) => string): RecordIndex<Value> {
  return { value: ({ sealed }) => keyIdOf(sealed), order: keyOf };
}

/** Where values are sealed anew, and how far in one go. */
export interface Slice {
  readonly scope: Scope;
  readonly keyId: string;
  /** Where the slice before ended; absent for the first. */
  readonly after?: string | undefined;
  /** How many are looked at. */
  readonly limit: number;
}

export interface SlicedTo {
  /** How many were sealed anew. */
  readonly sealed: number;
  /** Where the next slice goes on; absent if there was nothing to look at. */
  readonly last?: string;
}

/** All values of one type of record, for whoever seals them anew without looking into them. */
export interface SealedValues {
  /** How many there are. */
  total(ledger: Ledger): number;
  /** How many are sealed under a key. */
  count(ledger: Ledger, keyId: string): number;
  /** Where there are any. */
  scopes(ledger: Ledger): readonly Scope[];
  /** Seals the values of a slice anew, in one transaction. What does not open stays as it is. */
  sealAnew(ledger: Ledger, vault: Vault, slice: Slice): SlicedTo;
}

/** The values of a type of record, each of which is sealed for its own place. */
export function sealedValues<Value extends Scope & Sealed, IndexName extends string>(
  type: RecordType<Value, IndexName | 'sealedUnder'>,
  placeOf: (record: Value) => string,
): SealedValues {
  return {
    total: (ledger) => ledger.scopes(type).reduce((sum, scope) => sum + ledger.count(type, scope), 0),
    count: (ledger, keyId) =>
      ledger.scopes(type).reduce((sum, scope) => sum + ledger.countBy(type, scope, 'sealedUnder', keyId), 0),
    scopes: (ledger) => ledger.scopes(type),
    sealAnew: (ledger, vault, { scope, keyId, after, limit }) => {
      const looked = [...ledger.by(type, scope, 'sealedUnder', { value: keyId, after }).take(limit)];
      const last = looked.at(-1);
      if (!last) return { sealed: 0 };
      const anew = looked.flatMap((record) => {
        const sealed = resealed(vault, record.sealed, placeOf(record));
        return sealed === undefined ? [] : [{ ...record, sealed }];
      });
      ledger.transact((transaction) => {
        for (const record of anew) transaction.put(type, record);
      });
      return { sealed: anew.length, last: type.keyOf(last) };
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
