import { HashTable } from './hash-table.ts';
import { hashOf } from './text-hash.ts';

const shardCount = 256;
const shardBits = 8;

/**
 * A map of strings for very many keys, in 256 shards. A `Map` copies itself whenever it doubles, which at a million keys takes
 * a turn of hundreds of milliseconds; here each shard doubles by itself. And V8 enters each string that a `Map` or `Set` is
 * asked for in its one table of strings: doubling that took 30 ms at a million, and every full collection went through all of
 * it, the main thread waiting. Iteration is shard by shard, not in the order of insertion; change nothing while values are
 * gone through.
 */
export class ShardedMap<Key extends string, Value> {
  #shards = newShards<Key, Value>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    const hash = hashOf(key);
    return this.#shardOf(hash).get(key, hash >> shardBits);
  }

  has(key: Key): boolean {
    if (this.#size === 0) return false;
    const hash = hashOf(key);
    return this.#shardOf(hash).has(key, hash >> shardBits);
  }

  /** Adds the key unless it is there; answers whether it did. */
  add(key: Key, value: Value): boolean {
    const hash = hashOf(key);
    const isNew = this.#shardOf(hash).add(key, hash >> shardBits, value);
    if (isNew) this.#size += 1;
    return isNew;
  }

  set(key: Key, value: Value): void {
    const hash = hashOf(key);
    const shard = this.#shardOf(hash);
    const before = shard.size;
    shard.set(key, hash >> shardBits, value);
    this.#size += shard.size - before;
  }

  /** Answers whether there was such a key. */
  delete(key: Key): boolean {
    const hash = hashOf(key);
    const isGone = this.#shardOf(hash).delete(key, hash >> shardBits);
    if (isGone) this.#size -= 1;
    return isGone;
  }

  clear(): void {
    this.#shards = newShards();
    this.#size = 0;
  }

  *values(): Generator<Value, undefined> {
    for (const shard of this.#shards) yield* shard.values();
  }

  /**
   * All entries, as each shard has them when its turn comes: whoever goes on to change the map, in a later turn of the event
   * loop even, meets each that is there throughout once, and may meet one that is gone.
   */
  *entries(): Generator<readonly [Key, Value], undefined> {
    for (const shard of this.#shards) yield* shard.entries();
  }

  #shardOf(hash: number): HashTable<Key, Value> {
    return this.#shards[hash & (shardCount - 1)] as HashTable<Key, Value>;
  }
}

function newShards<Key extends string, Value>(): HashTable<Key, Value>[] {
  return Array.from({ length: shardCount }, () => new HashTable<Key, Value>());
}
