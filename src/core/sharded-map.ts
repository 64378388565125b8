const shardCount = 256;

/**
 * A map of strings for very many keys. One `Map` copies itself whenever it doubles, which at a million keys takes a turn of
 * hundreds of milliseconds; here each of 256 shards doubles by itself. Keys go by their last two characters, in which ids
 * differ. Iteration is shard by shard, not in the order of insertion.
 */
export class ShardedMap<Key extends string, Value> {
  readonly #shards = Array.from({ length: shardCount }, () => new Map<Key, Value>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many keys the fullest shard has: what one copy moves. */
  get largestShard(): number {
    return Math.max(...this.#shards.map(({ size }) => size));
  }

  get(key: Key): Value | undefined {
    return this.#shardOf(key).get(key);
  }

  has(key: Key): boolean {
    return this.#shardOf(key).has(key);
  }

  set(key: Key, value: Value): void {
    const shard = this.#shardOf(key);
    const before = shard.size;
    shard.set(key, value);
    this.#size += shard.size - before;
  }

  /** Answers whether there was such a key. */
  delete(key: Key): boolean {
    const isGone = this.#shardOf(key).delete(key);
    if (isGone) this.#size -= 1;
    return isGone;
  }

  clear(): void {
    for (const shard of this.#shards) shard.clear();
    this.#size = 0;
  }

  *values(): Generator<Value, undefined> {
    for (const shard of this.#shards) yield* shard.values();
  }

  #shardOf(key: Key): Map<Key, Value> {
    const last = key.length - 1;
    const index =
      (key.charCodeAt(last) * 31 + key.charCodeAt(last - 1) * 7 + key.charCodeAt(last - 2)) & (shardCount - 1);
    return this.#shards[index] as Map<Key, Value>;
  }
}
