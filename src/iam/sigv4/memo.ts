/** Remembers what a pure function made of a few texts; starts anew when it holds too many, since clients choose the texts. */
export class Memo<Value> {
  readonly #values = new Map<string, Value>();
  readonly #compute: (text: string) => Value;
  readonly #capacity: number;

  constructor(compute: (text: string) => Value, capacity = 256) {
    this.#compute = compute;
    this.#capacity = capacity;
  }

  get(text: string): Value {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = this.#compute(text);
    if (this.#values.size >= this.#capacity) this.#values.clear();
    this.#values.set(text, value);
    return value;
  }
}
