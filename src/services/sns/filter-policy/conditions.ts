import { splitWildcard } from '../../../core/wildcard.ts';
import { addressBlock } from './cidr.ts';
import { type Bound, type Condition, inFiveDigits, scalarKey } from './policy.ts';
import { refusePolicy } from './refuse.ts';

/** Reads one element of a key's array. */
export function parseCondition(given: unknown): Condition {
  if (typeof given === 'number') return { kind: 'exact', value: checkNumber(given) };
  if (typeof given === 'string' || typeof given === 'boolean' || given === null) return { kind: 'exact', value: given };
  if (typeof given !== 'object' || Array.isArray(given)) {
    return refusePolicy('Match value must be String, number, true, false, or null');
  }
  const [entry, ...others] = Object.entries(given);
  if (!entry || others.length > 0) return refusePolicy('Only one key allowed in match expression');
  const [operator, operand] = entry;
  const parse = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  return parse ? parse(operand, operator) : refusePolicy(`Unrecognized match type ${operator}`);
}

type Parser = (operand: unknown, operator: string) => Condition;

const operators: Readonly<Record<string, Parser>> = {
  prefix: (operand, operator) => ({ kind: 'prefix', text: textOf(operand, operator) }),
  suffix: (operand, operator) => ({ kind: 'suffix', text: textOf(operand, operator) }),
  'equals-ignore-case': (operand, operator) => ({ kind: 'equals-ignore-case', text: textOf(operand, operator) }),
  wildcard: (operand, operator) => parseWildcard(textOf(operand, operator)),
  cidr: (operand, operator) => parseBlock(textOf(operand, operator)),
  exists: (operand) => parseExists(operand),
  numeric: (operand) => parseNumeric(operand),
  'anything-but': (operand) => parseAnythingBut(operand),
};

function textOf(operand: unknown, operator: string): string {
  return typeof operand === 'string' ? operand : refusePolicy(`${operator} match pattern must be a string`);
}

function checkNumber(value: number): number {
  if (Math.abs(value) <= 1e9) return value;
  return refusePolicy('Numeric values must be between -1.0E9 and 1.0E9, inclusive');
}

function parseWildcard(pattern: string): Condition {
  if (/(^|[^\\])(\\\\)*\*\*/.test(pattern)) {
    return refusePolicy('Consecutive wildcard characters are not allowed in a wildcard pattern');
  }
  const pieces = splitWildcard(pattern);
  return pieces ? { kind: 'wildcard', pieces } : refusePolicy('Invalid escape character in a wildcard pattern');
}

function parseBlock(block: string): Condition {
  const contains = addressBlock(block);
  return contains ? { kind: 'cidr', contains } : refusePolicy(`Malformed CIDR, one '/' required: ${block}`);
}

function parseExists(operand: unknown): Condition {
  if (typeof operand !== 'boolean') return refusePolicy('exists match pattern must be either true or false.');
  return { kind: 'exists', exists: operand };
}

function parseNumeric(operand: unknown): Condition {
  if (!Array.isArray(operand)) return refusePolicy('Value of numeric must be an array.');
  if (operand.length === 0) return refusePolicy('Invalid member in numeric match: ]');
  const [operator, value, ...rest] = operand;
  const bound = numberOf(operator, value);
  if (operator === '=') return rest.length === 0 ? between(bound, bound) : tooMany();
  if (operator === '<' || operator === '<=') {
    return rest.length === 0 ? { kind: 'numeric', high: boundOf(operator, bound) } : tooMany();
  }
  if (operator !== '>' && operator !== '>=') return unrecognizedComparison(operator);
  const low = boundOf(operator, bound);
  return rest.length === 0 ? { kind: 'numeric', low } : parseRange(low, rest);
}

function parseRange(low: Bound, [operator, value, ...rest]: readonly unknown[]): Condition {
  if (operator !== '<' && operator !== '<=') {
    return refusePolicy(`Bad numeric range operator: ${String(operator)}`);
  }
  const high = boundOf(operator, numberOf(operator, value));
  if (rest.length > 0) return tooMany();
  if (inFiveDigits(low.value) >= inFiveDigits(high.value)) return refusePolicy('Bottom must be less than top');
  return { kind: 'numeric', low, high };
}

function numberOf(operator: unknown, value: unknown): number {
  if (typeof operator !== 'string') return unrecognizedComparison(operator);
  return typeof value === 'number' ? checkNumber(value) : refusePolicy(`Value of ${operator} must be numeric`);
}

function boundOf(operator: string, value: number): Bound {
  return { value, inclusive: operator.endsWith('=') };
}

function between(low: number, high: number): Condition {
  return { kind: 'numeric', low: { value: low, inclusive: true }, high: { value: high, inclusive: true } };
}

function tooMany(): never {
  return refusePolicy('Too many elements in numeric expression');
}

function unrecognizedComparison(operator: unknown): never {
  return refusePolicy(`Unrecognized numeric range operator: ${String(operator)}`);
}

/** Operators that may stand inside an anything-but, with one pattern or several. */
const negatable: ReadonlySet<string> = new Set(['prefix', 'suffix', 'wildcard', 'equals-ignore-case']);

function parseAnythingBut(operand: unknown): Condition {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) return parseNegated(operand);
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) return refusePolicy('Empty arrays are not allowed');
  if (!values.every((value) => typeof value === 'string' || typeof value === 'number')) {
    return refusePolicy('Value of anything-but must be an array or single string/number value.');
  }
  for (const value of values) parseCondition(value);
  return { kind: 'none-of', keys: new Set(values.map(scalarKey)) };
}

function parseNegated(operand: object): Condition {
  const [entry, ...others] = Object.entries(operand);
  if (!entry || others.length > 0) return refusePolicy('Only one key allowed in match expression');
  const [operator, patterns] = entry;
  if (!negatable.has(operator)) return refusePolicy(`Unsupported anything-but pattern: ${operator}`);
  const list: readonly unknown[] = Array.isArray(patterns) ? patterns : [patterns];
  if (list.length === 0) return refusePolicy('Empty arrays are not allowed');
  return { kind: 'anything-but', conditions: list.map((pattern) => parseCondition({ [operator]: pattern })) };
}
