/** What a condition key holds: one value, or a list, of keys that may have several. */
export type ContextValue = string | readonly string[];

/** The condition keys of one request. Keys are the same whatever their case. */
export class RequestKeys {
  readonly #values = new Map<string, ContextValue>();
  readonly #others: ((key: string) => ContextValue | undefined) | undefined;

  /** `others` makes the value of a key, in small letters, that is not among `values`, when it is asked for. */
  constructor(
    values: Readonly<Record<string, ContextValue>> | Iterable<readonly [string, ContextValue]>,
    others?: (key: string) => ContextValue | undefined,
  ) {
    this.#others = others;
    for (const [key, value] of Symbol.iterator in values ? values : Object.entries(values)) {
      this.#values.set(key.toLowerCase(), value);
    }
  }

  /** Of a key in small letters. */
  get(key: string): ContextValue | undefined {
    return this.#values.get(key) ?? this.#others?.(key);
  }

  /** The one value of a key in small letters: what a variable may stand for. */
  single(key: string): string | undefined {
    const value = this.get(key);
    if (typeof value === 'string' || value === undefined) return value;
    return value.length === 1 ? value[0] : undefined;
  }
}
