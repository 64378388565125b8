import { isObject, type Json, type JsonObject, member } from '../json/json.ts';

/** An expression whose meaning can be seen without JSONata: a constant, or the way from a variable down some members. */
export type SimpleExpression =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'members'; readonly variable: string; readonly names: readonly string[] };

const way = /^\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
const text = /^(?:"[^"\\]*"|'[^'\\]*')$/;
const words: ReadonlyMap<string, Json> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** Names that are operators where they stand alone. */
const operators: ReadonlySet<string> = new Set(['and', 'or', 'in', ...words.keys()]);

/** Recognizes a simple expression. */
export function simpleExpression(expression: string): SimpleExpression | undefined {
  const word = words.get(expression);
  if (word !== undefined) return { kind: 'constant', value: word };
  if (number.test(expression)) return { kind: 'constant', value: Number(expression) };
  if (text.test(expression)) return { kind: 'constant', value: expression.slice(1, -1) };
  if (!way.test(expression)) return undefined;
  const [variable = '', ...names] = expression.slice(1).split('.');
  return names.some((name) => operators.has(name)) ? undefined : { kind: 'members', variable, names };
}

/** Follows `names` through objects. Undefined where JSONata does more than that: at an array, or where there is nothing. */
export function followMembers(root: JsonObject | Json | undefined, names: readonly string[]): Json | undefined {
  let node: Json | undefined = root;
  for (const name of names) node = isObject(node) ? member(node, name) : undefined;
  return node;
}
