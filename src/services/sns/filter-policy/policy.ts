/** One condition on a value. Of a key's conditions one must hold. */
export type Condition =
  | { readonly kind: 'exact'; readonly value: Scalar }
  | { readonly kind: 'numeric'; readonly low?: Bound; readonly high?: Bound }
  | { readonly kind: 'prefix' | 'suffix' | 'equals-ignore-case'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly pieces: readonly string[] }
  | { readonly kind: 'cidr'; readonly contains: (address: string) => boolean }
  /** The value is there, and none of these (by `scalarKey`), however many they are. */
  | { readonly kind: 'none-of'; readonly keys: ReadonlySet<string> }
  /** The value is there, and none of the conditions holds for it. */
  | { readonly kind: 'anything-but'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'exists'; readonly exists: boolean };

export type Scalar = string | number | boolean | null;

export interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

/**
 * All keys must match, and of each `$or` one alternative. A key that stands twice has to match both: `{"a": [...], "a.b": [...]}`
 * asks for a value and for a member.
 */
export interface PolicyNode {
  readonly keys: readonly PolicyKey[];
  readonly either: readonly (readonly PolicyNode[])[];
}

export type PolicyKey = readonly [name: string, wanted: readonly Condition[] | PolicyNode];

export function isNode(wanted: readonly Condition[] | PolicyNode): wanted is PolicyNode {
  return !Array.isArray(wanted);
}

/** What a filter policy looks at. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** A filter policy, read and checked. */
export interface FilterPolicy {
  readonly scope: FilterPolicyScope;
  readonly root: PolicyNode;
}

/** Equal for values that count as the same. */
export function scalarKey(value: Scalar): string {
  return typeof value === 'number' ? `number ${inFiveDigits(value)}` : `${typeof value} ${value}`;
}

/** Numbers count to five digits after the point. */
export function inFiveDigits(value: number): number {
  return Math.round(value * 100_000);
}
