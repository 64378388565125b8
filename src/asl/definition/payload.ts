import { parseIntrinsic } from '../intrinsics/parse.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json/json.ts';
import { type Expression, expressionIn, writtenExpression } from '../jsonata/written.ts';
import { bounds } from '../limits.ts';
import { parsePath } from '../path/parse.ts';
import type { Path } from '../path/path.ts';
import { SyntaxFault } from '../path/scanner.ts';
import type { Template } from './machine.ts';
import type { Problems } from './problems.ts';

const invalidPayload = 'must be a valid JSONPath or a valid intrinsic function call';

/** Parses a path and reports when it is none. */
export function readPathText(text: string, at: string, problems: Problems): Path | undefined {
  try {
    return parsePath(text);
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
    problems.schema(`Value is not a valid JSONPath: ${fault.message}`, at);
    return undefined;
  }
}

/** A path or an intrinsic function, as the value of `name.$` and of `ErrorPath` is. */
export function readPathOrIntrinsic(text: string, field: string, at: string, problems: Problems): Template | undefined {
  try {
    if (text.startsWith('$')) return { kind: 'path', path: parsePath(text), field };
    if (text.startsWith('States.')) return { kind: 'intrinsic', node: parseIntrinsic(text), field };
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
  }
  problems.schema(`The value for the field '${field}' ${invalidPayload}`, at);
  return undefined;
}

/** A payload template of the JSONPath language: members named `x.$` are replaced by what their path leads to. */
export function readPathPayload(value: Json, at: string, problems: Problems, depth = 0): Template {
  if (depth > bounds.jsonDepth) {
    problems.schema('The value nests too deeply', at);
    return { kind: 'constant', value: null };
  }
  if (isArray(value)) {
    return folded(
      value.map((item, i) => readPathPayload(item, `${at}[${i}]`, problems, depth + 1)),
      value,
    );
  }
  if (!isObject(value)) return { kind: 'constant', value };
  return foldedMembers(pathMembers(value, at, problems, depth), value);
}

function pathMembers(
  object: JsonObject,
  at: string,
  problems: Problems,
  depth: number,
): (readonly [string, Template])[] {
  const members = new Map<string, Template>();
  for (const [key, inner] of Object.entries(object)) {
    const name = key.endsWith('.$') ? key.slice(0, -2) : key;
    if (members.has(name)) problems.schema(`The field '${name}' is given twice`, at);
    members.set(name, key.endsWith('.$') ? dynamic(key, inner, at, problems) : fixed(key, inner, at, problems, depth));
  }
  return [...members];
}

function dynamic(key: string, value: Json, at: string, problems: Problems): Template {
  if (typeof value !== 'string') {
    problems.schema(`The value for the field '${key}' ${invalidPayload}`, at);
    return { kind: 'constant', value: null };
  }
  return readPathOrIntrinsic(value, key, at, problems) ?? { kind: 'constant', value: null };
}

function fixed(key: string, value: Json, at: string, problems: Problems, depth: number): Template {
  if (typeof value === 'string' && /^(\$\.|\$\$\.|States\.[A-Z][A-Za-z0-9]+\()/.test(value)) {
    problems.warning('NO_DOLLAR', `Field '${key}' looks like a JSONPath or intrinsic function, but lacks '.$'`, at);
  }
  return readPathPayload(value, `${at}/${key}`, problems, depth + 1);
}

/** Where a JSONata expression stands, and which members of `$states` it may use there. */
export interface JsonataPlace {
  readonly field: string;
  readonly at: string;
  readonly result?: boolean;
  readonly errorOutput?: boolean;
}

/** Any JSON in which strings of the form `{% ... %}` are expressions. */
export function readJsonataPayload(value: Json, place: JsonataPlace, problems: Problems, depth = 0): Template {
  if (depth > bounds.jsonDepth) {
    problems.schema('The value nests too deeply', place.at);
    return { kind: 'constant', value: null };
  }
  if (typeof value === 'string') return readJsonataText(value, place, problems);
  if (isArray(value)) {
    const items = value.map((item, i) => readJsonataPayload(item, inside(place, `[${i}]`), problems, depth + 1));
    return folded(items, value);
  }
  if (!isObject(value)) return { kind: 'constant', value };
  const members = Object.entries(value).map(
    ([key, inner]) => [key, readJsonataPayload(inner, inside(place, `/${key}`), problems, depth + 1)] as const,
  );
  return foldedMembers(members, value);
}

function inside(place: JsonataPlace, step: string): JsonataPlace {
  return { ...place, field: place.field + step, at: place.at + step };
}

function readJsonataText(text: string, place: JsonataPlace, problems: Problems): Template {
  const expression = readExpression(text, place, problems);
  return expression ? { kind: 'jsonata', expression, field: place.field } : { kind: 'constant', value: text };
}

/** The expression in a string, or undefined when the string is a plain one. Whether it is JSONata is checked later. */
export function readExpression(text: string, place: JsonataPlace, problems: Problems): Expression | undefined {
  const inner = expressionIn(text);
  if (inner === undefined) return undefined;
  checkStates(inner, place, problems);
  const expression = writtenExpression(inner);
  if (!expression.simple) problems.expression(inner, place.at);
  return expression;
}

/** `$states.result` and `$states.errorOutput` exist only in some fields; AWS refuses them elsewhere at creation. */
function checkStates(text: string, place: JsonataPlace, problems: Problems): void {
  if (!place.result && /\$states\.result\b/.test(text)) {
    problems.schema("'$states.result' is not available in this field", place.at);
  }
  if (!place.errorOutput && /\$states\.errorOutput\b/.test(text)) {
    problems.schema("'$states.errorOutput' is not available in this field", place.at);
  }
}

function folded(items: readonly Template[], value: Json): Template {
  return items.every(({ kind }) => kind === 'constant') ? { kind: 'constant', value } : { kind: 'array', items };
}

function foldedMembers(members: readonly (readonly [string, Template])[], value: Json): Template {
  const constant = members.every(([, { kind }]) => kind === 'constant');
  return constant ? { kind: 'constant', value } : { kind: 'object', members };
}
