import { bounds } from '../limits.ts';

/** AWS's words for an expression that does too much. */
export const excess = {
  time: 'Expression evaluation timeout: Check for infinite loop',
  memory: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
  depth: 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
} as const;

/** An expression did more than `bounds` lets it. Deterministic: the same expression over the same data always does. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
}

/**
 * What one evaluation has used. Steps count syntax nodes evaluated, and long inputs more; weight counts what is built,
 * sharing included: a value that holds another twice weighs it twice, because printing and comparing walk it twice.
 */
export class Budget {
  readonly #weights = new WeakMap<object, number>();
  #steps = 0;

  /** Called before each syntax node. */
  step(input: unknown): void {
    this.#steps += Array.isArray(input) ? 1 + (input.length >> 5) : 1;
    if (this.#steps > bounds.jsonataSteps) throw new BudgetExceeded(excess.time);
  }

  /** Called with each intermediate result. */
  result(value: unknown): void {
    if (typeof value === 'string') this.string(value.length);
    else if (typeof value === 'object' && value !== null) this.#weigh(value, 0);
  }

  string(length: number): void {
    if (length > bounds.jsonataString) throw new BudgetExceeded(excess.memory);
  }

  /** Called before `$range` makes so many items. */
  range(length: number): void {
    if (length > bounds.jsonataSequence) throw new BudgetExceeded(excess.memory);
  }

  #weigh(value: unknown, depth: number): number {
    if (typeof value === 'string') return 1 + value.length / 8;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    if (isFunctionLike(value)) return 1;
    if (depth > bounds.jsonDepth) throw new BudgetExceeded(excess.depth);
    let weight = 1;
    for (const inner of Array.isArray(value) ? value : Object.values(value)) weight += this.#weigh(inner, depth + 1);
    if (weight > bounds.jsonataWeight) throw new BudgetExceeded(excess.memory);
    if (!Array.isArray(value) || !('tupleStream' in value)) this.#weights.set(value, weight);
    return weight;
  }
}

function isFunctionLike(value: object): boolean {
  return '_jsonata_function' in value || '_jsonata_lambda' in value;
}
