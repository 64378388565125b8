/** A line of a policy's `shareDistribution`: an identifier, or the beginning of some if it ends with `*`. */
export interface ShareWeight {
  readonly shareIdentifier: string;
  readonly weightFactor: number;
}

/** The entry of a policy that an identifier comes under, and which others it shares its weight with. */
export interface WeightEntry {
  readonly weightFactor: number;
  /** The beginning that they have in common; absent where the entry names one identifier. */
  readonly prefix?: string;
}

export const unnamed: WeightEntry = { weightFactor: 1 };

/**
 * What a policy says of an identifier: the entry that names it, else the one whose beginning it has, else a weight of 1 (spec 04 §10).
 * Lower is more.
 */
export class Weights {
  readonly #exact = new Map<string, WeightEntry>();
  readonly #prefixes: readonly Required<WeightEntry>[];

  constructor(distribution: readonly ShareWeight[]) {
    const prefixes: Required<WeightEntry>[] = [];
    for (const { shareIdentifier, weightFactor } of distribution) {
      if (shareIdentifier.endsWith('*')) prefixes.push({ weightFactor, prefix: shareIdentifier.slice(0, -1) });
      else this.#exact.set(shareIdentifier, { weightFactor });
    }
    this.#prefixes = prefixes;
  }

  entryOf(shareIdentifier: string): WeightEntry {
    return (
      this.#exact.get(shareIdentifier) ??
      this.#prefixes.find(({ prefix }) => shareIdentifier.startsWith(prefix)) ??
      unnamed
    );
  }
}

/**
 * What one identifier weighs: those under one beginning get together what one identifier of that weight would, so each weighs the
 * more the more of them are active (spec 04 item 67).
 */
export function effectiveWeight({ weightFactor, prefix }: WeightEntry, activeOfPrefix: number): number {
  return prefix === undefined ? weightFactor : weightFactor * Math.max(1, activeOfPrefix);
}
