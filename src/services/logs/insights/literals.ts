import { type Literal, longest } from '../patterns/index.ts';
import { eventFields } from './event-row.ts';
import { compileRegex } from './regex.ts';
import type { Command, Expression, FieldName } from './syntax.ts';
import { numberOf } from './values.ts';

type Maybe = Literal | undefined;
type Made = ReadonlySet<string>;

/** A text that stands in every event which the filters before `stats`, `limit` and `dedup` let through. */
export function literalOfQuery(commands: readonly Command[]): Maybe {
  const made = new Set<string>();
  const found: Maybe[] = [];
  for (const command of commands) {
    if (command.kind === 'filter') found.push(literalOf(command.condition, made));
    else if (command.kind === 'fields' || command.kind === 'display') addMade(command.columns, made);
    else if (command.kind === 'parse') for (const name of namesOf(command)) made.add(name);
    else if (command.kind !== 'sort') break;
  }
  return longest(found);
}

function addMade(columns: (Command & { kind: 'fields' })['columns'], made: Set<string>): void {
  for (const { name, isField } of columns) if (!isField) made.add(name);
}

/** What a `parse` makes. */
export function namesOf({ pattern, names }: Command & { readonly kind: 'parse' }): readonly string[] {
  return pattern.kind === 'regex' ? compileRegex(pattern).names : names;
}

/** What must stand in an event for which a condition holds. */
function literalOf(condition: Expression, made: Made): Maybe {
  switch (condition.kind) {
    case 'and':
      return longest(condition.all.map((each) => literalOf(each, made)));
    case 'field':
      return keyOf(condition, made);
    case 'in':
      return condition.of.kind === 'field' ? keyOf(condition.of, made) : undefined;
    case 'like':
      return condition.of.kind === 'field' ? likeLiteral(condition.of, condition.pattern, made) : undefined;
    case 'compare':
      return compareLiteral(condition, made);
    case 'call': {
      const [field] = condition.args;
      return condition.name === 'ispresent' && field?.kind === 'field' ? keyOf(field, made) : undefined;
    }
    default:
      return undefined;
  }
}

function likeLiteral(field: FieldName, pattern: (Expression & { kind: 'like' })['pattern'], made: Made): Maybe {
  if (!isMessage(field, made)) return keyOf(field, made);
  const text = pattern.kind === 'text' ? pattern.text : compileRegex(pattern).literal;
  return { text, unlessEscaped: false };
}

function compareLiteral({ operator, left, right }: Expression & { kind: 'compare' }, made: Made): Maybe {
  const fields = [left, right].filter((side) => side.kind === 'field');
  const keys = fields.map((field) => keyOf(field, made));
  const [field] = fields;
  const literal = [left, right].find((side) => side.kind === 'literal');
  if (operator !== '=' || fields.length !== 1 || !field || typeof literal?.value !== 'string') return longest(keys);
  const text = literal.value;
  if (isMessage(field, made)) return { text, unlessEscaped: false };
  // A number may be written in many ways, and a boolean is no text in JSON.
  const isWord = numberOf(text) === undefined && text !== 'true' && text !== 'false';
  return longest([...keys, isWord && isOfJson(field, made) ? { text, unlessEscaped: true } : undefined]);
}

function isMessage({ name }: FieldName, made: Made): boolean {
  return name === '@message' && !made.has(name);
}

function isOfJson({ name, path }: FieldName, made: Made): boolean {
  return !made.has(name) && !made.has(path[0] ?? '') && !(eventFields as readonly string[]).includes(name);
}

/** The longest name on the way, as JSON writes it; the last one may follow others and dots in one name. */
function keyOf(field: FieldName, made: Made): Maybe {
  if (!isOfJson(field, made)) return undefined;
  const [first = '', ...others] = field.path;
  const last = others.at(-1);
  if (last === undefined) return { text: `"${first}"`, unlessEscaped: true };
  const end = /^\d+$/.test(last) ? undefined : { text: `${last}"`, unlessEscaped: true };
  return longest([{ text: `"${first}`, unlessEscaped: true }, end]);
}
