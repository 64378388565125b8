const multiplier = 0x5deece66dn;
const increment = 0xbn;
const bits48 = (1n << 48n) - 1n;
const longest = 2n ** 63n;

/** `java.util.Random`, draw for draw: what AWS draws from where a seed is given. */
export class JavaRandom {
  #state: bigint;

  /** The seed is a Java `long`: a fraction is cut off, what is beyond becomes the largest or smallest one. */
  constructor(seed: number) {
    this.#state = (BigInt.asUintN(64, longOf(seed)) ^ multiplier) & bits48;
  }

  /** At least 0 and below 1. */
  nextDouble(): number {
    const high = this.#next(26);
    return (high * 2 ** 27 + this.#next(27)) / 2 ** 53;
  }

  /** At least `origin` and below `bound`, both integers of 32 bits, as `Random.ints(origin, bound)` draws. */
  nextInt(origin: number, bound: number): number {
    const count = bound - origin;
    if (count < 2 ** 31) return origin + this.#below(count);
    for (;;) {
      const drawn = this.#next(32) | 0;
      if (drawn >= origin && drawn < bound) return drawn;
    }
  }

  #below(count: number): number {
    if ((count & -count) === count) return Number((BigInt(count) * BigInt(this.#next(31))) >> 31n);
    for (;;) {
      const drawn = this.#next(31);
      const rest = drawn % count;
      // The last, incomplete stretch of the 31 bits would favour small results.
      if (drawn - rest + (count - 1) < 2 ** 31) return rest;
    }
  }

  #next(bits: number): number {
    this.#state = (this.#state * multiplier + increment) & bits48;
    return Number(this.#state >> BigInt(48 - bits));
  }
}

function longOf(seed: number): bigint {
  if (Number.isNaN(seed)) return 0n;
  if (seed >= 2 ** 63) return longest - 1n;
  return seed <= -(2 ** 63) ? -longest : BigInt(Math.trunc(seed));
}
