import { bounds } from '../limits.ts';

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
    if (this.#steps > bounds.jsonataSteps) {
      throw new BudgetExceeded(`the expression takes more than ${bounds.jsonataSteps} steps`);
    }
  }

  /** Called with each intermediate result. */
  result(value: unknown): void {
    if (typeof value === 'string') this.string(value.length);
    else if (typeof value === 'object' && value !== null) this.#weigh(value, 0);
  }

  string(length: number): void {
    if (length > bounds.jsonataString) {
      throw new BudgetExceeded(`the expression makes a string longer than ${bounds.jsonataString} characters`);
    }
  }

  #weigh(value: unknown, depth: number): number {
    if (typeof value === 'string') return 1 + value.length / 8;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    if (isFunctionLike(value)) return 1;
    if (depth > bounds.jsonDepth) throw new BudgetExceeded(`the expression nests deeper than ${bounds.jsonDepth}`);
    let weight = 1;
    for (const inner of Array.isArray(value) ? value : Object.values(value)) weight += this.#weigh(inner, depth + 1);
    if (weight > bounds.jsonataWeight) throw new BudgetExceeded('the expression makes a value that is too large');
    if (!Array.isArray(value) || !('tupleStream' in value)) this.#weights.set(value, weight);
    return weight;
  }
}

function isFunctionLike(value: object): boolean {
  return '_jsonata_function' in value || '_jsonata_lambda' in value;
}
