import { byteTest, type CompiledPattern } from './compiled-pattern.ts';
import { allOf, type Condition, readConditions } from './condition.ts';
import { ofLast } from './of-last.ts';
import { PatternReader } from './reader.ts';
import { invalidPattern } from './refusals.ts';
import { literalOf, numberIn, readValueTest } from './value-test.ts';

/** One column of a pattern, or the `...` that stands for any number of them. */
type Column =
  | { readonly kind: 'rest' }
  | { readonly kind: 'column'; readonly name: string; readonly condition: Condition<string> | undefined };

const name = /[A-Za-z0-9_-]*/uy;
const bareValue = /[^\s,\]()&|"%]+/uy;

/**
 * Compiles `[ip, user, ..., status = 4* && status != 404, bytes > 1000]`. A line is fields with spaces between them; what stands
 * in brackets or double quotes is one. It must have as many as there are columns; `...` stands for any number.
 */
export function compileColumns(pattern: string): CompiledPattern {
  const reader = new PatternReader(pattern);
  const columns = readColumns(reader);
  const conditions = columns.flatMap((column) =>
    column.kind === 'column' && column.condition ? [column.condition] : [],
  );
  const whole = allOf(conditions);
  const matches = (message: string) => {
    const placed = place(columns, fieldsOf(message));
    return placed?.every(({ column: { condition }, field }) => condition?.test(field) ?? true) ?? false;
  };
  return {
    matches,
    mayMatch: byteTest(whole.literal),
    literal: whole.literal,
    expressions: reader.expressions,
    steps: (length) => whole.steps(length),
    valuesIn: (message) => valuesOf(columns, fieldsOf(message)),
  };
}

function readColumns(reader: PatternReader): readonly Column[] {
  const columns: Column[] = [];
  reader.demand('[');
  do columns.push(readColumn(reader));
  while (reader.sign(',') !== undefined);
  reader.demand(']');
  reader.skipSpace();
  if (!reader.isAtEnd) throw invalidPattern();
  if (columns.filter(({ kind }) => kind === 'rest').length > 1) throw invalidPattern('... stands in it more than once');
  return columns;
}

function readColumn(reader: PatternReader): Column {
  if (reader.sign('...') !== undefined) return { kind: 'rest' };
  let named: string | undefined;
  const one = (): Condition<string> => {
    reader.skipSpace();
    const given = reader.match(name)?.[0] ?? '';
    if (named !== undefined && named !== given) throw invalidPattern(`a column has two names, ${named} and ${given}`);
    named = given;
    reader.skipSpace();
    if (isBehind(reader)) return unconditional;
    const test = readValueTest(reader, bareValue);
    return {
      test: (field) => test.test({ text: field, number: numberIn(field) }),
      literal: literalOf(test, false),
      steps: (length) => test.steps(length),
    };
  };
  const condition = readConditions(reader, one);
  return { kind: 'column', name: named ?? '', condition: condition === unconditional ? undefined : condition };
}

const unconditional: Condition<string> = { test: () => true, literal: undefined, steps: () => 0 };

/** Whether the column ends here: nothing is asked of it. */
function isBehind(reader: PatternReader): boolean {
  return reader.match(/(?=[,\]])/uy) !== undefined;
}

/** What closes a field that a bracket or a quote opens. */
const closers: Readonly<Record<string, string>> = { '[': ']', '"': '"' };

/** Many patterns may ask about one message: it is taken apart once. */
const fieldsOf = ofLast(takeApart);

/** Linear in the message: each closer is looked for once. */
function takeApart(message: string): readonly string[] {
  const fields: string[] = [];
  const closes = new CloserFinder(message);
  const word = /\S+/g;
  for (let match = word.exec(message); match; match = word.exec(message)) {
    const [text] = match;
    const closer = closers[text.charAt(0)];
    const end = closer === undefined ? -1 : closes.behind(closer, match.index);
    const isWhole = end > match.index && /^(?:\s|$)/.test(message.slice(end + 1, end + 2));
    fields.push(isWhole ? message.slice(match.index + 1, end) : text);
    if (isWhole) word.lastIndex = end + 1;
  }
  return fields;
}

class CloserFinder {
  readonly #message: string;
  readonly #next = new Map<string, number>();

  constructor(message: string) {
    this.#message = message;
  }

  /** Where the next one is behind a place, as places go on; beyond the end if there is none. */
  behind(closer: string, at: number): number {
    let next = this.#next.get(closer) ?? -1;
    if (next <= at) next = this.#message.indexOf(closer, at + 1);
    if (next < 0) next = Number.POSITIVE_INFINITY;
    this.#next.set(closer, next);
    return Number.isFinite(next) ? next : -1;
  }
}

interface Placed {
  readonly column: Extract<Column, { kind: 'column' }>;
  readonly field: string;
}

/** Which field is in which column; undefined if there are too few or too many. */
function place(columns: readonly Column[], fields: readonly string[]): readonly Placed[] | undefined {
  const rest = columns.findIndex(({ kind }) => kind === 'rest');
  const named = rest < 0 ? columns.length : columns.length - 1;
  if (rest < 0 ? fields.length !== named : fields.length < named) return undefined;
  const skipped = fields.length - columns.length;
  return columns.flatMap((column, index) => {
    if (column.kind === 'rest') return [];
    const at = rest < 0 || index < rest ? index : index + skipped;
    return [{ column, field: fields[at] ?? '' }];
  });
}

/** By name, and those without a name by number, from 1. */
function valuesOf(columns: readonly Column[], fields: readonly string[]): Readonly<Record<string, string>> {
  const placed = place(columns, fields);
  if (!placed) return {};
  const rest = columns.findIndex(({ kind }) => kind === 'rest');
  const skipped = fields.length - columns.length;
  const names = new Map<number, string>();
  for (const [index, column] of columns.entries()) {
    if (column.kind === 'column' && column.name !== '')
      names.set(rest < 0 || index < rest ? index : index + skipped, column.name);
  }
  return Object.fromEntries(fields.map((value, index) => [`$${names.get(index) ?? index + 1}`, value]));
}
