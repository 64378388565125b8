import type { Buffer } from 'node:buffer';
import { byteTest } from '../patterns/index.ts';
import { Budget, bounds } from './bounds.ts';
import { compileStats } from './compile-stats.ts';
import { compileExpression, type Evaluate } from './evaluate.ts';
import { EventRow, type LogEvent } from './event-row.ts';
import { literalOfQuery, namesOf } from './literals.ts';
import { MalformedQuery, type Span } from './malformed-query.ts';
import { readQuery } from './read-query.ts';
import { compileRegex } from './regex.ts';
import type { Row } from './row.ts';
import {
  dedupStage,
  fieldsStage,
  filterStage,
  limitStage,
  type MakeStage,
  orderBy,
  parseStage,
  type Stage,
  sortStage,
  statsStage,
} from './stages.ts';
import type { Column, Command, Expression, FieldName, SortKey } from './syntax.ts';
import { textOf } from './values.ts';

export interface QueryOptions {
  /** When the query began, in epoch milliseconds. */
  readonly now: number;
  /** The most rows of the result. @default 10,000 */
  readonly limit?: number | undefined;
}

/** A field of a row of the result. */
export interface ResultField {
  readonly field: string;
  readonly value: string;
}

/** A query that is being run. */
export interface QueryRun {
  /** Events that the filters before the first `stats`, `dedup` or `limit` have let through. */
  readonly matched: number;
  /** Throws `QueryFailed` over a bound. */
  push(event: LogEvent): void;
  /** The rows, once all events were pushed. */
  finish(): ResultField[][];
}

/** A query, ready to be run. */
export interface CompiledQuery {
  /** Decides by bytes alone, and quickly: what it is false of does not match. */
  mayMatch(payload: Buffer): boolean;
  begin(): QueryRun;
}

const defaultRows = 10_000;

/** Compiles a query of Logs Insights. Throws `MalformedQuery`. */
export function compileQuery(text: string, { now, limit = defaultRows }: QueryOptions): CompiledQuery {
  const commands = readQuery(text);
  const compiler = new Compiler(now);
  for (const command of commands) compiler.add(command);
  const { stages, shown, isGrouped, matchedBefore } = compiler.done(limit);
  return {
    mayMatch: byteTest(literalOfQuery(commands)),
    begin: () => beginRun(stages, matchedBefore, (row) => resultOf(row, shown, isGrouped)),
  };
}

function beginRun(stages: readonly MakeStage[], matchedBefore: number, show: (row: Row) => ResultField[]): QueryRun {
  const budget = new Budget();
  const results: ResultField[][] = [];
  let matched = 0;
  let sequence = 0;
  let stage: Stage = { push: (row) => void results.push(show(row)), finish: () => {} };
  for (const [index, make] of [...stages.entries()].reverse()) {
    stage = make(stage, budget);
    if (index === matchedBefore) stage = counting(stage, () => (matched += 1));
  }
  return {
    get matched() {
      return matched;
    },
    push: (event) => {
      const row = new EventRow(event);
      row.sequence = sequence;
      sequence += 1;
      stage.push(row);
    },
    finish: () => {
      stage.finish();
      return results;
    },
  };
}

function counting(next: Stage, count: () => void): Stage {
  return {
    push: (row) => {
      count();
      next.push(row);
    },
    finish: () => next.finish(),
  };
}

/** The fields of a row that it has; of an event its pointer too. */
function resultOf(row: Row, shown: readonly Column[], isGrouped: boolean): ResultField[] {
  const fields: ResultField[] = [];
  for (const { name, expression } of shown) {
    const path = expression.kind === 'field' && expression.name === name ? expression.path : [name];
    const value = row.get(name, path);
    if (value !== undefined) fields.push({ field: name, value: textOf(value) });
  }
  if (!isGrouped && row.pointer !== undefined && !shown.some(({ name }) => name === '@ptr')) {
    fields.push({ field: '@ptr', value: row.pointer });
  }
  return fields;
}

function fieldColumn(name: string): Column {
  const span = { start: 0, end: 0 };
  return { expression: { kind: 'field', name, path: [name], span }, name, isField: true, span };
}

/** The columns of both, each name once. */
function union(columns: readonly Column[], more: readonly Column[]): readonly Column[] {
  return [...new Map([...columns, ...more].map((column) => [column.name, column])).values()];
}

/** Makes the stages of commands one after the other, and knows what is there at each of them. */
class Compiler {
  readonly #now: number;
  readonly #stages: MakeStage[] = [];
  #order = orderBy('time');
  /** Names that commands have made since the last `stats`. */
  #made = new Set<string>();
  #shown: readonly Column[] | undefined;
  /** What `parse` has made, which is shown unless `display` says what is. */
  #parsed: Column[] = [];
  #hasDisplay = false;
  #isGrouped = false;
  #hasDedup = false;
  #matchedBefore: number | undefined;

  constructor(now: number) {
    this.#now = now;
  }

  add(command: Command): void {
    if (this.#hasDedup && command.kind !== 'limit') {
      throw new MalformedQuery('only limit may follow dedup', spanOf(command));
    }
    if (command.kind === 'filter') this.#stages.push(filterStage(this.#compile(command.condition)));
    else if (command.kind === 'parse') this.#addParse(command);
    else if (command.kind === 'stats') this.#addStats(command);
    else if (command.kind === 'sort') this.#addSort(command.keys);
    else if (command.kind === 'limit') this.#hold(limitStage(command.count, this.#order));
    else if (command.kind === 'dedup') this.#addDedup(command.fields);
    else this.#addColumns(command.kind, command.columns);
  }

  done(limit: number) {
    this.#hold(limitStage(Math.min(limit, bounds.rows), this.#order));
    return {
      stages: this.#stages,
      shown: this.#columns(),
      isGrouped: this.#isGrouped,
      matchedBefore: this.#matchedBefore ?? 0,
    };
  }

  /** A stage that holds rows back, and hands them on in the order that it has put them in. */
  #hold(stage: MakeStage): void {
    this.#matchedBefore ??= this.#stages.length;
    this.#stages.push(stage);
    this.#order = orderBy('sequence');
  }

  #addSort(keys: readonly SortKey[]): void {
    this.#stages.push(sortStage(keys.map(({ expression }) => this.#compile(expression))));
    this.#order = orderBy(keys.map(({ descending }) => descending));
  }

  #addDedup(fields: readonly FieldName[]): void {
    this.#hasDedup = true;
    this.#hold(
      dedupStage(
        fields.map((field) => this.#compile(field)),
        this.#order,
      ),
    );
  }

  #compile(expression: Expression): Evaluate {
    return compileExpression(expression, { now: this.#now });
  }

  #addColumns(kind: 'fields' | 'display', columns: readonly Column[]): void {
    const made = columns.filter(({ isField }) => !isField);
    for (const { name, span } of made) this.#make(name, span);
    if (made.length > 0) {
      this.#stages.push(
        fieldsStage(made.map(({ name, expression }) => ({ name, evaluate: this.#compile(expression) }))),
      );
    }
    if (kind === 'display') this.#shown = columns;
    else if (!this.#hasDisplay) this.#shown = union(this.#shown ?? [], columns);
    this.#hasDisplay ||= kind === 'display';
  }

  #columns(): readonly Column[] {
    const shown = this.#shown ?? [fieldColumn('@timestamp'), fieldColumn('@message')];
    return this.#hasDisplay ? shown : union(shown, this.#parsed);
  }

  #addParse(command: Command & { readonly kind: 'parse' }): void {
    const { from, pattern, span } = command;
    const names = namesOf(command);
    const glob = pattern.kind === 'text' ? pattern.text.split('*') : undefined;
    if (names.length === 0 || (pattern.kind === 'regex' && command.names.length > 0)) {
      throw new MalformedQuery(
        'parse names what it finds: (?<name>...) in a regular expression, as a, b after a text',
        span,
      );
    }
    if (glob && glob.length - 1 !== names.length) {
      throw new MalformedQuery(`parse has ${glob.length - 1} wildcards and ${names.length} names`, span);
    }
    for (const name of names) this.#make(name, span);
    this.#stages.push(
      parseStage(this.#compile(from), names, pattern.kind === 'regex' ? compileRegex(pattern) : (glob ?? [])),
    );
    this.#parsed.push(...names.map(fieldColumn));
  }

  #addStats(command: Command & { readonly kind: 'stats' }): void {
    this.#hold(statsStage(compileStats(command, this.#now)));
    this.#made = new Set();
    this.#hasDisplay = false;
    this.#isGrouped = true;
    this.#parsed = [];
    this.#shown = [...command.by, ...command.values];
    for (const { name, span } of this.#shown) this.#make(name, span);
  }

  #make(name: string, span: Span): void {
    if (this.#made.has(name)) throw new MalformedQuery(`the field ${name} is already defined`, span);
    this.#made.add(name);
  }
}

function spanOf(command: Command): Span {
  if (command.kind === 'parse') return command.span;
  if (command.kind === 'stats') return command.values[0]?.span ?? { start: 0, end: 0 };
  return 'columns' in command ? (command.columns[0]?.span ?? { start: 0, end: 0 }) : { start: 0, end: 0 };
}
