import { functions } from './functions.ts';
import { MalformedQuery } from './malformed-query.ts';
import { compileRegex } from './regex.ts';
import type { Row } from './row.ts';
import type { Arithmetic, Call, Comparison, Expression, Period, RegexSource, TextSource } from './syntax.ts';
import { areEqual, compare, finite, isStructure, isTrue, Moment, numberOf, textOf, type Value } from './values.ts';

export type Evaluate = (row: Row) => Value | undefined;

export interface EvaluateOptions {
  /** When the query began, in epoch milliseconds. */
  readonly now: number;
  /** Compiles a function of `stats`. Absent: there may be none. */
  readonly aggregate?: (call: Call) => Evaluate | undefined;
}

/** Compiles an expression. Throws `MalformedQuery`. */
export function compileExpression(expression: Expression, options: EvaluateOptions): Evaluate {
  const of = (inner: Expression) => compileExpression(inner, options);
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'field':
      return (row) => row.get(expression.name, expression.path);
    case 'call':
      return options.aggregate?.(expression) ?? compileCall(expression, options);
    case 'negate':
      return numeric([of(expression.of)], (number) => -number);
    case 'not':
      return not(of(expression.of));
    case 'arithmetic':
      return numeric([of(expression.left), of(expression.right)], arithmetic[expression.operator]);
    case 'compare':
      return comparison(expression.operator, of(expression.left), of(expression.right));
    case 'and':
    case 'or':
      return logic(expression.kind, expression.all.map(of));
    case 'in':
      return membership(of(expression.of), expression.list.map(of));
    case 'like':
      return likeness(of(expression.of), expression.pattern);
  }
}

const arithmetic: { readonly [Sign in Arithmetic]: (left: number, right: number) => number } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
};

/** No value where an operand is no number, or the result is none. */
function numeric(operands: readonly Evaluate[], compute: (left: number, right: number) => number): Evaluate {
  const [first, second] = operands;
  return (row) => {
    const left = numberOf(first?.(row));
    const right = second ? numberOf(second(row)) : 0;
    return left === undefined || right === undefined ? undefined : finite(compute(left, right));
  };
}

function not(of: Evaluate): Evaluate {
  return (row) => !isTrue(of(row));
}

function logic(kind: 'and' | 'or', all: readonly Evaluate[]): Evaluate {
  return kind === 'and'
    ? (row) => all.every((each) => isTrue(each(row)))
    : (row) => all.some((each) => isTrue(each(row)));
}

/** False, `!=` too, of what is not there, and of maps and lists. */
function comparison(operator: Comparison, left: Evaluate, right: Evaluate): Evaluate {
  return (row) => {
    const [a, b] = [left(row), right(row)];
    if (a === undefined || b === undefined || isStructure(a) || isStructure(b)) return false;
    if (operator === '=') return areEqual(a, b);
    if (operator === '!=') return !areEqual(a, b);
    const order = compare(a, b) ?? Number.NaN;
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    return operator === '>' ? order > 0 : order >= 0;
  };
}

function membership(of: Evaluate, list: readonly Evaluate[]): Evaluate {
  return (row) => {
    const value = of(row);
    if (value === undefined || isStructure(value)) return false;
    return list.some((each) => {
      const member = each(row);
      return member !== undefined && areEqual(value, member);
    });
  };
}

function likeness(of: Evaluate, pattern: RegexSource | TextSource): Evaluate {
  const regex = pattern.kind === 'regex' ? compileRegex(pattern) : undefined;
  const search = pattern.kind === 'text' ? pattern.text : '';
  return (row) => {
    const value = of(row);
    if (value === undefined) return false;
    return regex ? regex.test(textOf(value)) : textOf(value).includes(search);
  };
}

function compileCall(call: Call, options: EvaluateOptions): Evaluate {
  const { name, args, period, span } = call;
  const compiled = args.map((arg) => compileExpression(arg, options));
  if (name === 'now' && args.length === 0) return () => Math.floor(options.now / 1000);
  if (period) return compilePeriod(call, period, compiled);
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known) throw new MalformedQuery(`the function ${name} is not known here`, span);
  if (args.length < known.least || args.length > known.most) throw wrongCount(name, span);
  return (row) => known.call(compiled.map((each) => each(row)));
}

function wrongCount(name: string, span: Call['span']): MalformedQuery {
  return new MalformedQuery(`the function ${name} does not take so many arguments`, span);
}

function compilePeriod({ name, span }: Call, period: Period, args: readonly Evaluate[]): Evaluate {
  if (args.length !== (name === 'bin' ? 0 : 1)) throw wrongCount(name, span);
  const [argument] = args;
  return (row) => {
    const at = numberOf(argument ? argument(row) : row.get('@timestamp', ['@timestamp']));
    if (at === undefined) return undefined;
    return new Moment(name === 'dateceil' ? ceilTo(at, period) : floorTo(at, period));
  };
}

function floorTo(at: number, period: Period): number {
  if ('milliseconds' in period) return Math.floor(at / period.milliseconds) * period.milliseconds;
  const date = new Date(at);
  const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return Date.UTC(1970, Math.floor(months / period.months) * period.months);
}

function ceilTo(at: number, period: Period): number {
  const floor = floorTo(at, period);
  if (floor === at) return at;
  if ('milliseconds' in period) return floor + period.milliseconds;
  const date = new Date(floor);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + period.months);
}
