/** Up to so many numbers are kept as they are. */
const exact = 1_000;
/** Numbers in one bucket differ by 2 % at most: its middle is within 1 % of each. */
const growth = Math.log(1.02);
/** Smaller ones count as 0. */
const smallest = 1e-9;

/** Percentiles of numbers: exact up to 1,000 of them, then by a histogram, which errs by 1 % at most. */
export class Percentile {
  readonly #hold: (cells: number) => void;
  #numbers: number[] | undefined = [];
  readonly #buckets = new Map<number, number>();
  #count = 0;

  /** `hold` hears of each number or bucket that is remembered. */
  constructor(hold: (cells: number) => void) {
    this.#hold = hold;
  }

  add(number: number): void {
    this.#count += 1;
    const numbers = this.#numbers;
    if (!numbers) {
      this.#note(number);
      return;
    }
    this.#hold(1);
    numbers.push(number);
    if (numbers.length <= exact) return;
    this.#numbers = undefined;
    for (const each of numbers) this.#note(each);
  }

  /** The least number that so many of a hundred are not above; undefined if there are none. */
  at(rank: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil((rank / 100) * this.#count));
    if (this.#numbers) return this.#numbers.toSorted((a, b) => a - b)[wanted - 1];
    let passed = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      passed += count;
      if (passed >= wanted) return middleOf(bucket);
    }
    return undefined;
  }

  #note(number: number): void {
    const bucket = bucketOf(number);
    const count = this.#buckets.get(bucket);
    if (count === undefined) this.#hold(2);
    this.#buckets.set(bucket, (count ?? 0) + 1);
  }
}

const offset = Math.ceil(-Math.log(smallest) / growth) + 1;

/** Buckets are in the order of their numbers: 0 in the middle. */
function bucketOf(number: number): number {
  const size = Math.abs(number);
  if (size < smallest) return 0;
  return Math.sign(number) * (Math.floor(Math.log(size) / growth) + offset + 1);
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  return Math.sign(bucket) * Math.exp((Math.abs(bucket) - offset - 1 + 0.5) * growth);
}
