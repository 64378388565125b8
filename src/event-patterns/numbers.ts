import type { Dialect, NumberRules } from './dialect.ts';
import { isNumber, type Numeral, numberText, numberValue } from './numeral.ts';
import { type Condition, holding, type Scalar } from './pattern.ts';

/** Equal for values that count as the same. */
export function scalarKey(value: Scalar, rules: NumberRules): string {
  if (!isNumber(value)) return `${typeof value} ${value}`;
  const isCompared = !rules.othersByText || (isWithin(value, rules) && isRound(value, rules));
  return isCompared ? `number ${scaled(value, rules)}` : `text ${numberText(value)}`;
}

function isWithin(number: number | Numeral, { most }: NumberRules): boolean {
  return Math.abs(numberValue(number)) <= most;
}

/** Whether it has no more digits than count. */
function isRound(number: number | Numeral, rules: NumberRules): boolean {
  return scaled(number, rules) / 10 ** rules.decimals === numberValue(number);
}

/** By what numbers are compared: whole, the digits that count before the point. */
function scaled(number: number | Numeral, { decimals }: NumberRules): number {
  return Math.round(numberValue(number) * 10 ** decimals);
}

/** What `numeric` compares; undefined for a number out of its bounds. */
function scaledValue(number: number | Numeral, rules: NumberRules): number | undefined {
  return rules.othersByText && !isWithin(number, rules) ? undefined : scaled(number, rules);
}

/** A number of a pattern that is compared by its value. */
export function checkNumber(dialect: Dialect, number: number | Numeral): number | Numeral {
  const { mostText } = dialect.numbers;
  if (isWithin(number, dialect.numbers)) return number;
  return dialect.refuse(`Numeric values must be between -${mostText} and ${mostText}, inclusive`);
}

interface Bound {
  readonly scaled: number;
  readonly isInclusive: boolean;
}

/** Reads the operand of `numeric`: `["=", 5]`, `["<", 5]`, `[">", 0, "<=", 5]`. */
export function parseNumeric(dialect: Dialect, operand: unknown): Condition {
  if (!Array.isArray(operand)) return dialect.refuse('Value of numeric must be an array.');
  if (operand.length === 0) return dialect.refuse('Invalid member in numeric match: ]');
  const [operator, given, ...rest] = operand;
  const bound = boundOf(operator, scaledOperand(dialect, operator, given));
  if (operator !== '=' && !isUpper(operator) && operator !== '>' && operator !== '>=') {
    return unrecognized(dialect, operator);
  }
  if (operator === '>' || operator === '>=') {
    return rest.length === 0 ? between(dialect, bound, undefined) : parseRange(dialect, bound, rest);
  }
  if (rest.length > 0) return tooMany(dialect);
  return between(dialect, operator === '=' ? bound : undefined, bound);
}

function parseRange(dialect: Dialect, low: Bound, [operator, given, ...rest]: readonly unknown[]): Condition {
  if (!isUpper(operator)) return dialect.refuse(`Bad numeric range operator: ${String(operator)}`);
  const high = boundOf(operator, scaledOperand(dialect, operator, given));
  if (rest.length > 0) return tooMany(dialect);
  return low.scaled >= high.scaled ? dialect.refuse('Bottom must be less than top') : between(dialect, low, high);
}

function isUpper(operator: unknown): operator is '<' | '<=' {
  return operator === '<' || operator === '<=';
}

function scaledOperand(dialect: Dialect, operator: unknown, given: unknown): number {
  if (typeof operator !== 'string') return unrecognized(dialect, operator);
  if (!isNumber(given)) return dialect.refuse(`Value of ${operator} must be numeric`);
  return scaled(checkNumber(dialect, given), dialect.numbers);
}

function between({ numbers }: Dialect, low: Bound | undefined, high: Bound | undefined): Condition {
  return holding((value) => {
    if (!isNumber(value)) return false;
    const scaled = scaledValue(value, numbers);
    return scaled !== undefined && isAbove(scaled, low) && isBelow(scaled, high);
  });
}

function isAbove(scaled: number, bound: Bound | undefined): boolean {
  return bound === undefined || (bound.isInclusive ? scaled >= bound.scaled : scaled > bound.scaled);
}

function isBelow(scaled: number, bound: Bound | undefined): boolean {
  return bound === undefined || (bound.isInclusive ? scaled <= bound.scaled : scaled < bound.scaled);
}

function boundOf(operator: string, scaled: number): Bound {
  return { scaled, isInclusive: operator.endsWith('=') };
}

function tooMany(dialect: Dialect): never {
  return dialect.refuse('Too many elements in numeric expression');
}

function unrecognized(dialect: Dialect, operator: unknown): never {
  return dialect.refuse(`Unrecognized numeric range operator: ${String(operator)}`);
}
