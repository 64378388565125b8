import { type Loose, listOf, objectOf, textOf } from './loose.ts';

const longest = 48;

/** What comparisons of the States Language say, where the value is written behind it. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/GreaterThanEquals(Path)?$/, '≥'],
  [/LessThanEquals(Path)?$/, '≤'],
  [/GreaterThan(Path)?$/, '>'],
  [/LessThan(Path)?$/, '<'],
  [/Equals(Path)?$/, '='],
  [/Matches$/, '~'],
];

/** A rule of a Choice state in a few words: its comment, if it has one, or what it compares. */
export function choiceWords(rule: Loose): string {
  const words = textOf(rule.Comment) ?? condition(rule);
  return words.length <= longest ? words : `${words.slice(0, longest - 1)}…`;
}

function condition(rule: Loose): string {
  const expression = textOf(rule.Condition);
  if (expression !== undefined) return expression.replace(/^\{%\s*|\s*%\}$/g, '');
  if (rule.Not !== undefined) return `¬ ${nested(rule.Not)}`;
  for (const [member, sign] of [
    ['And', ' ∧ '],
    ['Or', ' ∨ '],
  ] as const) {
    if (rule[member] !== undefined) return listOf(rule[member]).map(nested).join(sign);
  }
  return comparison(rule);
}

function nested(rule: unknown): string {
  const inner = objectOf(rule);
  const words = condition(inner);
  return inner.And === undefined && inner.Or === undefined ? words : `(${words})`;
}

function comparison({ Variable, Next: _next, Comment: _comment, Assign: _assign, Output: _output, ...rest }: Loose) {
  const [[operator, value] = ['', '']] = Object.entries(rest);
  const variable = textOf(Variable) ?? '';
  if (operator.startsWith('Is')) return `${variable} ${value === false ? '≠' : '='} ${operator.slice(2).toLowerCase()}`;
  if (operator === '') return variable;
  const sign = signs.find(([pattern]) => pattern.test(operator))?.[1] ?? operator;
  return `${variable} ${sign} ${typeof value === 'string' && operator.endsWith('Path') ? value : JSON.stringify(value)}`;
}
