import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Scope, scopeOf } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import { ScopeMap } from '../core/scope-map.ts';
import { TurnUnits } from '../core/turn-units.ts';
import type { AnyRecordType, StoredRecord } from './record-type.ts';
import { Shelf } from './shelf.ts';

/** Of filling, in one turn of the event loop: a unit for each record, and one for so many characters of its text. */
const unitsPerTurn = 100;
const charactersPerUnit = 2_048;

/** What finds a shelf: any record type will do. */
type Type = Pick<AnyRecordType, 'type'>;

/** All records in memory, a shelf for each type and scope. */
export class RecordShelves {
  readonly #types: ReadonlyMap<string, AnyRecordType>;
  readonly #shelves = new Map<string, ScopeMap<Shelf>>();
  #lastPosition = 0;

  constructor(types: readonly AnyRecordType[]) {
    this.#types = new Map(types.map((type) => [type.type, type]));
    invariant(this.#types.size === types.length, 'no two types of records have the same name');
  }

  /** Throws on a record of a type that nobody declares, or of a version that this release does not know. */
  putStored(stored: StoredRecord, scope: Scope): void {
    const type = this.#types.get(stored.type);
    if (!type) throw new Error(`the store holds records of type ${stored.type}, which this release does not know`);
    this.put(type, type.fromStored({ ...stored, ...scope }));
  }

  /** Undefined while the type has no record in the scope. */
  shelf({ type }: Type, scope: Scope): Shelf | undefined {
    return this.#shelves.get(type)?.get(scope);
  }

  shelves({ type }: Type): Iterable<Shelf> {
    return this.#shelves.get(type)?.values() ?? [];
  }

  /** Returns what undoes it. */
  put(type: AnyRecordType, record: Scope): () => void {
    const shelf = this.#shelfFor(type, record);
    const key = type.keyOf(record);
    const before = shelf.get(key);
    this.#lastPosition += 1;
    shelf.set(key, { record, position: before?.position ?? this.#lastPosition });
    return () => shelf.set(key, before);
  }

  /** Returns what undoes it; undefined when there was nothing to delete. */
  delete(type: Type, scope: Scope, key: string): (() => void) | undefined {
    const shelf = this.shelf(type, scope);
    const before = shelf?.get(key);
    if (!shelf || !before) return undefined;
    shelf.set(key, undefined);
    return () => shelf.set(key, before);
  }

  #shelfFor({ type }: Type, scope: Scope): Shelf {
    const known = this.#types.get(type);
    invariant(known, `the record type ${type} was given to the ledger`);
    const shelves = this.#shelves.get(type) ?? new ScopeMap<Shelf>();
    this.#shelves.set(type, shelves);
    const shelf = shelves.get(scope) ?? new Shelf(known.indexes);
    shelves.set(scope, shelf);
    return shelf;
  }
}

/** Shelves with these records. The event loop has its turn again and again, so that 20,000 of them hold nobody up. */
export async function shelvesOf(
  types: readonly AnyRecordType[],
  records: readonly StoredRecord[],
): Promise<RecordShelves> {
  const shelves = new RecordShelves(types);
  const scopes = new ScopeMap<Scope>();
  const turn = new TurnUnits(unitsPerTurn);
  for (const stored of records) {
    shelves.putStored(stored, shared(scopes, stored));
    if (turn.spend(1 + stored.text.length / charactersPerUnit)) await nextTurn();
  }
  return shelves;
}

/** One pair of texts for all records of a scope, instead of a pair each. */
function shared(scopes: ScopeMap<Scope>, stored: Scope): Scope {
  const known = scopes.get(stored);
  if (known) return known;
  const scope = scopeOf(stored);
  scopes.set(scope, scope);
  return scope;
}
