/** Up to so many texts are counted exactly. */
const exact = 10_000;
const indexBits = 12;
const registers = 2 ** indexBits;

/** Counts different texts: exactly up to 10,000, then by HyperLogLog, which errs by some 1.6 %. */
export class DistinctCount {
  readonly #hold: (cells: number) => void;
  #texts: Set<string> | undefined = new Set();
  #ranks: Uint8Array | undefined;

  /** `hold` hears of each text that is remembered, or as many as the registers take. */
  constructor(hold: (cells: number) => void) {
    this.#hold = hold;
  }

  add(text: string): void {
    const texts = this.#texts;
    if (!texts) {
      this.#note(text);
      return;
    }
    if (texts.has(text)) return;
    this.#hold(1 + Math.floor(text.length / 32));
    texts.add(text);
    if (texts.size > exact) this.#change(texts);
  }

  get estimate(): number {
    return this.#texts?.size ?? estimateOf(this.#ranks ?? new Uint8Array());
  }

  #change(texts: ReadonlySet<string>): void {
    this.#ranks = new Uint8Array(registers);
    this.#texts = undefined;
    for (const text of texts) this.#note(text);
  }

  #note(text: string): void {
    const ranks = this.#ranks;
    if (!ranks) return;
    const [high, low] = hashOf(text);
    const index = high >>> (32 - indexBits);
    const rest = (high << indexBits) >>> 0;
    const rank = rest === 0 ? 32 - indexBits + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
    if (rank > (ranks[index] ?? 0)) ranks[index] = rank;
  }
}

function estimateOf(ranks: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of ranks) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = ((0.7213 / (1 + 1.079 / registers)) * registers * registers) / sum;
  const isSmall = raw <= 2.5 * registers && empty > 0;
  return Math.round(isSmall ? registers * Math.log(registers / empty) : raw);
}

/** Two words of 32 bits, well mixed. */
function hashOf(text: string): readonly [number, number] {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  return [mix(high ^ Math.imul(low, 0x27d4eb2f)), mix(low ^ Math.imul(high, 0x165667b1))];
}

function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
