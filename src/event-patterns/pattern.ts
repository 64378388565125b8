import { isNumber, type Numeral } from './numeral.ts';

/** What a condition is held against: a value of JSON that is no object and no list. */
export type Scalar = string | number | Numeral | boolean | null;

export function isScalar(value: unknown): value is Scalar {
  return value === null || isNumber(value) || typeof value === 'string' || typeof value === 'boolean';
}

/** Whether it holds for a value that is there. Takes time linear in the value. */
export type Test = (value: Scalar) => boolean;

/** One condition on a value. Of a key's conditions one must hold. */
export type Condition =
  | { readonly kind: 'exists'; readonly exists: boolean }
  /** The value is there, and one of the tests holds; of a negated one none. */
  | { readonly kind: 'value'; readonly tests: readonly Test[]; readonly isNegated: boolean };

/** Of one test. */
export function holding(test: Test): Condition {
  return { kind: 'value', tests: [test], isNegated: false };
}

/**
 * All keys must match, and of each `$or` one alternative. A key that stands twice has to match both: `{"a": [...], "a.b": [...]}`
 * asks for a value and for a member.
 */
export interface PatternNode {
  readonly keys: readonly PatternKey[];
  readonly either: readonly (readonly PatternNode[])[];
}

export type PatternKey = readonly [name: string, wanted: readonly Condition[] | PatternNode];

export function isNode(wanted: readonly Condition[] | PatternNode): wanted is PatternNode {
  return !Array.isArray(wanted);
}
