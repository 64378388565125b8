import type { Path } from '../path/path.ts';

export type Ordering = 'Equals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals';
export type ComparedType = 'String' | 'Numeric' | 'Boolean' | 'Timestamp';
export type PresenceTest = 'IsNull' | 'IsPresent' | 'IsNumeric' | 'IsString' | 'IsBoolean' | 'IsTimestamp';

/** What a variable is compared with: a constant, or the value at a path. */
export type Comparand<T> = { readonly constant: T } | { readonly path: Path };

/** A parsed choice rule of the JSONPath query language. */
export type ChoiceRule =
  | { readonly kind: 'and' | 'or'; readonly rules: readonly ChoiceRule[] }
  | { readonly kind: 'not'; readonly rule: ChoiceRule }
  | { readonly kind: 'is'; readonly variable: Path; readonly test: PresenceTest; readonly expected: boolean }
  | { readonly kind: 'matches'; readonly variable: Path; readonly pattern: readonly string[] }
  | {
      readonly kind: 'compare';
      readonly variable: Path;
      readonly type: ComparedType;
      readonly ordering: Ordering;
      readonly with: Comparand<string | number | boolean>;
    };

/** Every data-test operator of the language, with what it needs. */
export const comparisonOperators: ReadonlyMap<string, { type: ComparedType; ordering: Ordering; path: boolean }> =
  new Map(listComparisons());

export const presenceTests: readonly PresenceTest[] = [
  'IsNull',
  'IsPresent',
  'IsNumeric',
  'IsString',
  'IsBoolean',
  'IsTimestamp',
];

function* listComparisons(): Generator<[string, { type: ComparedType; ordering: Ordering; path: boolean }]> {
  const orderings: readonly Ordering[] = ['Equals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];
  for (const type of ['String', 'Numeric', 'Boolean', 'Timestamp'] as const) {
    for (const ordering of type === 'Boolean' ? (['Equals'] as const) : orderings) {
      yield [`${type}${ordering}`, { type, ordering, path: false }];
      yield [`${type}${ordering}Path`, { type, ordering, path: true }];
    }
  }
}
