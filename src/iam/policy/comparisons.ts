import { isWithin, readRange } from './addresses.ts';
import { arnTest, segmentsOf } from './arn-test.ts';
import type { RequestKeys } from './context.ts';
import { readDate } from './dates.ts';
import { compareDecimals, readDecimal } from './decimals.ts';
import { tokensOf } from './glob-token.ts';
import type { Comparison } from './policy.ts';
import type { Steps } from './steps.ts';
import { plainText, type TextTest, templateTest } from './text-test.ts';

/** Whether a value of a request is one of those that a policy lists; `strange` where one of the two is no value of this kind. */
export type Likeness = 'like' | 'unlike' | 'strange';

/** One value of a condition, ready to be compared. */
export interface ValueTest {
  compare(value: string, keys: RequestKeys, steps: Steps): Likeness;
  readonly keys: readonly string[];
}

/** Makes the test of one value that a policy lists. */
export function valueTest(comparison: Comparison, value: string, hasVariables: boolean): ValueTest {
  return makers[comparison](value, hasVariables);
}

type Maker = (value: string, hasVariables: boolean) => ValueTest;

const strange: ValueTest = {
  keys: [],
  compare: (_value, _keys, steps) => {
    steps.spend(1);
    return 'strange';
  },
};

const makers: Readonly<Record<Comparison, Maker>> = {
  StringEquals: (value, hasVariables) => textTest(templateTest(value, plainText, hasVariables)),
  StringEqualsIgnoreCase: (value, hasVariables) => {
    const test = textTest(templateTest(folded(value), plainText, hasVariables, folded));
    return {
      ...test,
      compare: (other, keys, steps) => {
        steps.spend(other.length);
        return test.compare(folded(other), keys, steps);
      },
    };
  },
  StringLike: (value, hasVariables) => textTest(templateTest(value, tokensOf, hasVariables)),
  NumericEquals: numeric((order) => order === 0),
  NumericLessThan: numeric((order) => order < 0),
  NumericLessThanEquals: numeric((order) => order <= 0),
  NumericGreaterThan: numeric((order) => order > 0),
  NumericGreaterThanEquals: numeric((order) => order >= 0),
  DateEquals: date((order) => order === 0),
  DateLessThan: date((order) => order < 0),
  DateLessThanEquals: date((order) => order <= 0),
  DateGreaterThan: date((order) => order > 0),
  DateGreaterThanEquals: date((order) => order >= 0),
  Bool: bool,
  BinaryEquals: binary,
  IpAddress: address,
  ArnLike: arn,
};

function folded(text: string): string {
  return text.toLowerCase();
}

function textTest({ matches, keys }: TextTest): ValueTest {
  return { keys, compare: (value, request, steps) => (matches(value, request, steps) ? 'like' : 'unlike') };
}

/** Compares values that are read first, both of which may turn out to be none. */
function readFirst<Value>(
  read: (text: string) => Value | undefined,
  holds: (value: Value, listed: Value) => boolean,
): Maker {
  return (text) => {
    const listed = read(text);
    if (listed === undefined) return strange;
    return {
      keys: [],
      compare: (other, _keys, steps) => {
        steps.spend(1 + other.length);
        const value = read(other);
        if (value === undefined) return 'strange';
        return holds(value, listed) ? 'like' : 'unlike';
      },
    };
  };
}

function numeric(holds: (order: number) => boolean): Maker {
  return readFirst(readDecimal, (value, listed) => holds(compareDecimals(value, listed)));
}

function date(holds: (order: number) => boolean): Maker {
  return readFirst(readDate, (value, listed) => holds(value - listed));
}

/** A caller has one address; a policy lists ranges. */
function address(text: string): ValueTest {
  const listed = readRange(text);
  if (!listed) return strange;
  return {
    keys: [],
    compare: (other, _keys, steps) => {
      steps.spend(1 + other.length);
      const value = other.includes('/') ? undefined : readRange(other);
      if (!value) return 'strange';
      return isWithin(value, listed) ? 'like' : 'unlike';
    },
  };
}

function binary(text: string, hasVariables: boolean): ValueTest {
  return readFirst(readBase64, (value, listed) => value === listed)(text, hasVariables);
}

/** The bytes in one spelling; undefined for what is no base64. */
function readBase64(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64').toString('base64');
  return bytes.replaceAll('=', '') === text.replace(/={1,2}$/, '') && text.length % 4 === 0 ? bytes : undefined;
}

function bool(text: string, hasVariables: boolean): ValueTest {
  const test = templateTest(folded(text), plainText, hasVariables, folded);
  return {
    keys: test.keys,
    compare: (other, keys, steps) => {
      steps.spend(1 + other.length);
      const value = folded(other);
      if (value !== 'true' && value !== 'false') return 'strange';
      return test.matches(value, keys, steps) ? 'like' : 'unlike';
    },
  };
}

function arn(text: string, hasVariables: boolean): ValueTest {
  const test = arnTest(text, hasVariables);
  if (!test) return strange;
  return {
    keys: test.keys,
    compare: (other, keys, steps) => {
      steps.spend(1 + other.length);
      const segments = segmentsOf(other);
      if (!segments) return 'strange';
      return test.matches(segments, keys, steps) ? 'like' : 'unlike';
    },
  };
}
