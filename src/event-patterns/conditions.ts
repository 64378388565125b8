import { matchesWildcard, splitWildcard } from '../core/wildcard.ts';
import { addressBlock } from './cidr.ts';
import type { Dialect } from './dialect.ts';
import { checkNumber, parseNumeric, scalarKey } from './numbers.ts';
import { isNumber } from './numeral.ts';
import { type Condition, holding, isScalar, type Scalar, type Test } from './pattern.ts';

/** Reads one element of a key's array. */
export function parseCondition(dialect: Dialect, given: unknown): Condition {
  if (isScalar(given)) return holding(equals(dialect, given));
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return dialect.refuse('Match value must be String, number, true, false, or null');
  }
  const [operator, operand] = onlyMember(dialect, given);
  const parse = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  return parse ? parse(dialect, operand, operator) : dialect.refuse(`Unrecognized match type ${operator}`);
}

type Parser = (dialect: Dialect, operand: unknown, operator: string) => Condition;

const operators: Readonly<Record<string, Parser>> = {
  prefix: (...given) => holding(affixTest(...given)),
  suffix: (...given) => holding(affixTest(...given)),
  'equals-ignore-case': (...given) => holding(textTest(...given)),
  wildcard: (...given) => holding(textTest(...given)),
  cidr: (...given) => holding(textTest(...given)),
  exists: parseExists,
  numeric: parseNumeric,
  'anything-but': parseAnythingBut,
};

function equals(dialect: Dialect, wanted: Scalar): Test {
  const { numbers } = dialect;
  if (!isNumber(wanted)) return (value) => value === wanted;
  const key = scalarKey(numbers.othersByText ? wanted : checkNumber(dialect, wanted), numbers);
  return (value) => isNumber(value) && scalarKey(value, numbers) === key;
}

function parseExists(dialect: Dialect, operand: unknown): Condition {
  if (typeof operand !== 'boolean') return dialect.refuse('exists match pattern must be either true or false.');
  return { kind: 'exists', exists: operand };
}

/** A prefix or suffix, which may be one of any case. */
function affixTest(dialect: Dialect, operand: unknown, operator: string): Test {
  if (!dialect.affixesOfAnyCase || typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    return textTest(dialect, operand, operator);
  }
  const [inner, text] = onlyMember(dialect, operand);
  if (inner !== 'equals-ignore-case') return dialect.refuse(`Unsupported ${operator} pattern: ${inner}`);
  if (typeof text !== 'string') return dialect.refuse(`${inner} match pattern must be a string`);
  const test = textTests[operator === 'prefix' ? 'prefix' : 'suffix'](dialect, text.toLowerCase());
  return (value) => typeof value === 'string' && test(value.toLowerCase());
}

function textTest(dialect: Dialect, operand: unknown, operator: string): Test {
  if (typeof operand !== 'string') return dialect.refuse(`${operator} match pattern must be a string`);
  const test = textTests[operator as keyof typeof textTests](dialect, operand);
  return (value) => typeof value === 'string' && test(value);
}

const textTests = {
  prefix: (_: Dialect, start: string) => (text: string) => text.startsWith(start),
  suffix: (_: Dialect, end: string) => (text: string) => text.endsWith(end),
  'equals-ignore-case': (_: Dialect, wanted: string) => {
    const small = wanted.toLowerCase();
    return (text: string) => text.toLowerCase() === small;
  },
  wildcard: (dialect: Dialect, pattern: string) => {
    const pieces = piecesOf(dialect, pattern);
    return (text: string) => matchesWildcard(pieces, text);
  },
  cidr: (dialect: Dialect, block: string) =>
    addressBlock(block) ?? dialect.refuse(`Malformed CIDR, one '/' required: ${block}`),
} as const;

function piecesOf(dialect: Dialect, pattern: string): readonly string[] {
  if (/(^|[^\\])(\\\\)*\*\*/.test(pattern)) {
    return dialect.refuse('Consecutive wildcard characters are not allowed in a wildcard pattern');
  }
  return splitWildcard(pattern) ?? dialect.refuse('Invalid escape character in a wildcard pattern');
}

/** Operators that may stand inside an anything-but, with one pattern or several. */
const negatable: ReadonlySet<string> = new Set(['prefix', 'suffix', 'wildcard', 'equals-ignore-case']);

function parseAnythingBut(dialect: Dialect, operand: unknown): Condition {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand) && !isNumber(operand)) {
    return parseNegated(dialect, operand);
  }
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) return dialect.refuse('Empty arrays are not allowed');
  if (!values.every((value) => typeof value === 'string' || isNumber(value))) {
    return dialect.refuse('Value of anything-but must be an array or single string/number value.');
  }
  if (!dialect.mixedLists && new Set(values.map(isNumber)).size > 1) {
    return dialect.refuse(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  for (const value of values) parseCondition(dialect, value);
  const keys = new Set(values.map((value) => scalarKey(value, dialect.numbers)));
  return holding((value) => !keys.has(scalarKey(value, dialect.numbers)));
}

function parseNegated(dialect: Dialect, operand: object): Condition {
  const [operator, patterns] = onlyMember(dialect, operand);
  if (!negatable.has(operator)) return dialect.refuse(`Unsupported anything-but pattern: ${operator}`);
  const list: readonly unknown[] = Array.isArray(patterns) ? patterns : [patterns];
  if (list.length === 0) return dialect.refuse('Empty arrays are not allowed');
  const conditions = list.map((pattern) => parseCondition(dialect, { [operator]: pattern }));
  return { kind: 'value', tests: conditions.flatMap((each) => ('tests' in each ? each.tests : [])), isNegated: true };
}

function onlyMember(dialect: Dialect, given: object): readonly [name: string, value: unknown] {
  const [entry, ...others] = Object.entries(given);
  return entry && others.length === 0 ? entry : dialect.refuse('Only one key allowed in match expression');
}
