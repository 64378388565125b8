import type { Scope } from '../core/arn.ts';
import { fromVersionedText, toVersionedText } from './versioned-json.ts';

/** A record as the store keeps it: what it is of, its key within its type and scope, and versioned JSON of the rest. */
export interface StoredRecord extends Scope {
  readonly type: string;
  readonly key: string;
  readonly text: string;
}

/** Records with the same value stand together, in an order of their own. */
export interface RecordIndex<Value> {
  /**
   * Undefined leaves a record out of the index.
   * @default all records stand together
   */
  value?(record: Value): string | undefined;
  /**
   * Orders the records of one value; no two of them may share it.
   * @default the order of creation
   */
  order?(record: Value): string;
}

/**
 * A kind of record that a service keeps: held in memory whole, in the order of creation, by key and by its indexes, and in
 * the store as JSON without account and region, which are columns. The store itself knows none.
 */
export interface RecordType<Value extends Scope, IndexName extends string = never> {
  /** Names the records in the store: never change it. */
  readonly type: string;
  readonly indexes: Readonly<Record<IndexName, RecordIndex<Value>>>;
  keyOf(record: Value): string;
  toStored(record: Value): StoredRecord;
  /** Throws on a version that this release does not know. */
  fromStored(stored: StoredRecord): Value;
}

/** Any type of record, for whoever holds them without looking into them. */
export interface AnyRecordType {
  readonly type: string;
  readonly indexes: Readonly<Record<string, RecordIndex<never>>>;
  keyOf(record: Scope): string;
  fromStored(stored: StoredRecord): Scope;
}

export interface RecordDefinition<Value extends Scope, IndexName extends string> {
  readonly type: string;
  /**
   * Of the JSON in the store: raise it when its shape changes.
   * @default 1
   */
  readonly version?: number;
  /** Makes the present shape of what an older version wrote. */
  readonly older?: Readonly<Record<number, (stored: unknown) => Omit<Value, keyof Scope>>>;
  /** @default the only record of its scope */
  readonly key?: (record: Value) => string;
  readonly indexes?: Readonly<Record<IndexName, RecordIndex<Value>>>;
}

/** Declares a kind of record, in the folder of its service; `Ledger` is given all that there are. */
export function defineRecord<Value extends Scope, IndexName extends string = never>(
  definition: RecordDefinition<Value, IndexName>,
): RecordType<Value, IndexName> {
  const {
    type,
    version = 1,
    older = {},
    key = () => '',
    indexes = {} as Record<IndexName, RecordIndex<Value>>,
  } = definition;
  return {
    type,
    indexes,
    keyOf: key,
    toStored: (record) => {
      const { account, region, ...value } = record;
      return { type, account, region, key: key(record), text: toVersionedText(version, value) };
    },
    fromStored: ({ account, region, text }) => {
      const found = fromVersionedText(text);
      const read =
        found.version === version ? (found.value as Omit<Value, keyof Scope>) : older[found.version]?.(found.value);
      if (read === undefined) {
        throw new Error(`a stored record of type ${type} has version ${found.version}; this release reads ${version}`);
      }
      return { account, region, ...read } as Value;
    },
  };
}
