import { jsonOf } from '../../../core/json-of.ts';
import { byteTest, type CompiledPattern, longest } from './compiled-pattern.ts';
import { type Condition, readConditions } from './condition.ts';
import { ofLast } from './of-last.ts';
import { PatternReader } from './reader.ts';
import { invalidPattern } from './refusals.ts';
import { literalOf, readValueTest, type Value } from './value-test.ts';

/** A way into a JSON object: names of members, and places in arrays. */
interface Selector {
  readonly text: string;
  readonly path: readonly (string | number)[];
}

const bareValue = /[A-Za-z0-9_.*+-]+/uy;
const step = /\.?\['([^'\\]+)'\]|\.([A-Za-z0-9_-]+)|\[(\d{1,9})\]/uy;

/** Compiles `{ $.a = "x" && ($.b[0].c > 4 || $.d NOT EXISTS) }`. Messages that are no JSON objects never match. */
export function compileJson(pattern: string): CompiledPattern {
  const reader = new PatternReader(pattern);
  const selectors: Selector[] = [];
  reader.demand('{');
  const condition = readConditions(reader, () => readCondition(reader, selectors));
  reader.demand('}');
  reader.skipSpace();
  if (!reader.isAtEnd) throw invalidPattern();
  return {
    matches: (message) => {
      const root = objectIn(message);
      return root !== undefined && condition.test(root);
    },
    mayMatch: byteTest(condition.literal),
    literal: condition.literal,
    expressions: reader.expressions,
    steps: (length) => condition.steps(length),
    valuesIn: (message) => valuesOf(objectIn(message), selectors),
  };
}

/** Many patterns may ask about one message: it is parsed once. */
const objectIn = ofLast(readObject);

function readObject(message: string): object | undefined {
  // Cheap for lines that are no JSON; a byte order mark would be none either.
  if (!/^\s*\{/.test(message)) return undefined;
  const value = jsonOf(message);
  return typeof value === 'object' && value !== null ? value : undefined;
}

function readCondition(reader: PatternReader, selectors: Selector[]): Condition<object> {
  const selector = readSelector(reader);
  selectors.push(selector);
  const key = keyLiteral(selector);
  reader.skipSpace();
  if (reader.match(/NOT\s+EXISTS\b/iuy)) {
    return { test: (root) => find(root, selector) === undefined, literal: undefined, steps: () => 0 };
  }
  const kind = reader.match(/IS\s+(NULL|TRUE|FALSE)\b/iuy)?.[1]?.toLowerCase();
  if (kind !== undefined) {
    const wanted = { null: null, true: true, false: false }[kind];
    return { test: (root) => find(root, selector)?.value === wanted, literal: key, steps: () => 0 };
  }
  const test = readValueTest(reader, bareValue);
  return {
    test: (root) => {
      const value = valueAt(root, selector);
      return value !== undefined && test.test(value);
    },
    literal: longest([key, literalOf(test, true)]),
    steps: (length) => test.steps(length),
  };
}

function readSelector(reader: PatternReader): Selector {
  if (reader.sign('$') === undefined) throw invalidPattern();
  const path: (string | number)[] = [];
  let text = '$';
  for (let match = reader.match(step); match; match = reader.match(step)) {
    const [whole, quoted, name, place] = match;
    if (place !== undefined && path.length === 0) throw invalidPattern();
    path.push(quoted ?? name ?? Number(place));
    text += whole;
  }
  if (path.length === 0) throw invalidPattern();
  return { text, path };
}

/** The longest name on the way, as JSON writes it: whatever is found is below it. */
function keyLiteral({ path }: Selector) {
  return longest(path.map((name) => ({ text: typeof name === 'string' ? `"${name}"` : '', unlessEscaped: true })));
}

/** What a selector leads to; undefined if there is nothing. */
function find(root: object, { path }: Selector): { readonly value: unknown } | undefined {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (typeof name === 'number' && !Array.isArray(value)) return undefined;
    if (typeof name === 'string' && Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string | number, unknown>)[name];
  }
  return { value };
}

/** Objects, arrays, null and what is not there have no value: no comparison is true of them. */
function valueAt(root: object, selector: Selector): Value | undefined {
  const value = find(root, selector)?.value;
  if (typeof value === 'string') return { text: value, number: undefined };
  if (typeof value === 'number') return { text: String(value), number: value };
  return typeof value === 'boolean' ? { text: String(value), number: undefined } : undefined;
}

function valuesOf(root: object | undefined, selectors: readonly Selector[]): Readonly<Record<string, string>> {
  if (!root) return {};
  return Object.fromEntries(
    selectors.flatMap((selector) => {
      const value = valueAt(root, selector);
      return value ? [[selector.text, value.text]] : [];
    }),
  );
}
