import { valueTest } from './comparisons.ts';
import type { ContextValue, RequestKeys } from './context.ts';
import type { Condition, ConditionOperator, Effect } from './policy.ts';
import type { Steps } from './steps.ts';

/** One key of one operator, ready to be asked. */
export interface ConditionTest {
  /** As it was written. */
  readonly key: string;
  /** The keys that it asks for, with those of variables. */
  readonly keys: readonly string[];
  holds(keys: RequestKeys, steps: Steps): boolean;
}

type CompareOperator = Extract<ConditionOperator, { kind: 'compare' }>;

/** Whether one value of a request fits; `unsure` where a negated operator meets what cannot be compared. */
type Fit = 'yes' | 'no' | 'unsure';

/**
 * Makes the test of a condition. Of what cannot be compared a negated operator says neither yes nor no: then a Deny bites, and an
 * Allow does not.
 */
export function conditionTest(condition: Condition, effect: Effect, hasVariables: boolean): ConditionTest {
  const { operator, key } = condition;
  const lowered = key.toLowerCase();
  if (operator.kind === 'null') {
    const absent = condition.values.map((value) => value.toLowerCase());
    return {
      ...{ key, keys: [key] },
      holds: (keys, steps) => {
        steps.spend(absent.length);
        return absent.includes(String(isAbsent(keys.get(lowered))));
      },
    };
  }
  const fitOf = fitTest(condition, operator, hasVariables);
  const unsure = effect === 'Deny';
  return {
    key,
    keys: [key, ...fitOf.keys],
    holds: (keys, steps) => {
      steps.spend(1);
      const fit = fitOfKey(keys.get(lowered), operator, (value) => fitOf.fit(value, keys, steps));
      return fit === 'unsure' ? unsure : fit === 'yes';
    },
  };
}

function isAbsent(value: ContextValue | undefined): boolean {
  return value === undefined || value.length === 0;
}

/** How one value of a request fits all that the condition lists: any of them, or none if the operator is negated. */
function fitTest({ values }: Condition, { comparison, isNot }: CompareOperator, hasVariables: boolean) {
  const tests = values.map((value) => valueTest(comparison, value, hasVariables));
  return {
    keys: tests.flatMap(({ keys }) => keys),
    fit: (value: string, keys: RequestKeys, steps: Steps): Fit => {
      // Also of those that are no value of this kind, which are compared with nothing.
      steps.spend(tests.length);
      let isStrange = false;
      for (const test of tests) {
        const likeness = test.compare(value, keys, steps);
        if (likeness === 'like') return isNot ? 'no' : 'yes';
        if (likeness === 'strange') isStrange = true;
      }
      if (!isNot) return 'no';
      return isStrange ? 'unsure' : 'yes';
    },
  };
}

function fitOfKey(
  value: ContextValue | undefined,
  { isNot, set, ifExists }: CompareOperator,
  fitOf: (value: string) => Fit,
): Fit {
  if (value === undefined && ifExists) return 'yes';
  if (set) {
    const fits = setOf(value).map(fitOf);
    return set === 'ForAllValues' ? all(fits) : any(fits);
  }
  const values = typeof value === 'string' ? [value] : (value ?? []);
  const [only, ...more] = values;
  if (only === undefined) return isNot ? 'yes' : 'no';
  // A list of several without a set operator is a mistake of the policy.
  if (more.length > 0) return isNot ? 'unsure' : 'no';
  return fitOf(only);
}

/** The values of a key, as a set; an empty text is an empty set. */
function setOf(value: ContextValue | undefined): readonly string[] {
  const values = typeof value === 'string' ? [value] : (value ?? []);
  return values.length === 1 && values[0] === '' ? [] : values;
}

function all(fits: readonly Fit[]): Fit {
  if (fits.includes('no')) return 'no';
  return fits.includes('unsure') ? 'unsure' : 'yes';
}

function any(fits: readonly Fit[]): Fit {
  if (fits.includes('yes')) return 'yes';
  return fits.includes('unsure') ? 'unsure' : 'no';
}
