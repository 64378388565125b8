import { type Budget, bounds, QueryFailed } from './bounds.ts';
import type { Evaluate } from './evaluate.ts';
import { matchGlob, type Regex } from './regex.ts';
import { GroupRow, type Row } from './row.ts';
import { type Order, TopRows } from './top-rows.ts';
import { isTrue, naturalOrder, textOf, type Value } from './values.ts';

/** What takes rows, and in the end hands on those that it has held back. */
export interface Stage {
  push(row: Row): void;
  finish(): void;
}

/** Makes a stage of a query that is run, before the next one. */
export type MakeStage = (next: Stage, budget: Budget) => Stage;

/** A stage that hands on each row, or does not. */
function passing(change: (row: Row) => boolean): MakeStage {
  return (next) => ({
    push: (row) => {
      if (change(row)) next.push(row);
    },
    finish: () => next.finish(),
  });
}

export function filterStage(condition: Evaluate): MakeStage {
  return passing((row) => isTrue(condition(row)));
}

export function fieldsStage(columns: readonly { readonly name: string; readonly evaluate: Evaluate }[]): MakeStage {
  return passing((row) => {
    for (const { name, evaluate } of columns) row.set(name, evaluate(row));
    return true;
  });
}

export function sortStage(keys: readonly Evaluate[]): MakeStage {
  return passing((row) => {
    row.keys = keys.map((key) => key(row));
    return true;
  });
}

export function parseStage(from: Evaluate, names: readonly string[], pattern: Regex | readonly string[]): MakeStage {
  const valuesIn = 'test' in pattern ? regexValues(pattern) : globValues(pattern, names);
  return passing((row) => {
    const value = from(row);
    const values = value === undefined ? undefined : valuesIn(textOf(value));
    for (const name of names) row.set(name, values?.get(name));
    return true;
  });
}

function regexValues(regex: Regex) {
  return (text: string) => regex.groups(text);
}

function globValues(parts: readonly string[], names: readonly string[]) {
  return (text: string): ReadonlyMap<string, string> | undefined => {
    const values = matchGlob(parts, text);
    return values && new Map(names.map((name, index) => [name, values[index] ?? '']));
  };
}

/** Keys of `sort`, and how each goes. Rows without any are in the order of their times, or as they came. */
export function orderBy(descending: readonly boolean[] | 'time' | 'sequence'): Order {
  if (descending === 'sequence') return bySequence;
  if (descending === 'time') return (left, right) => right.at - left.at || bySequence(left, right);
  return (left, right) => {
    for (const [index, isDescending] of descending.entries()) {
      const order = naturalOrder(left.keys?.[index], right.keys?.[index]);
      if (order !== 0) return isDescending ? -order : order;
    }
    return bySequence(left, right);
  };
}

function bySequence(left: Row, right: Row): number {
  return left.sequence - right.sequence;
}

/** Hands on rows in an order, numbered anew. */
function handOn(rows: readonly Row[], next: Stage): void {
  for (const [index, row] of rows.entries()) {
    row.sequence = index;
    next.push(row);
  }
  next.finish();
}

export function limitStage(count: number, order: Order): MakeStage {
  return (next, budget) => {
    const top = new TopRows(count, order, budget);
    return { push: (row) => top.add(row), finish: () => handOn(top.take(), next) };
  };
}

/** Of rows whose fields are the same, the first of the order. */
export function dedupStage(fields: readonly Evaluate[], order: Order): MakeStage {
  return (next, budget) => {
    const best = new Map<string, { readonly row: Row; readonly bytes: number }>();
    return {
      push: (row) => {
        const key = keyOf(fields.map((field) => field(row)));
        const before = best.get(key);
        if (before && order(row, before.row) > 0) return;
        if (!before && best.size >= bounds.groups)
          throw new QueryFailed(`dedup finds more than ${bounds.groups} different rows`);
        if (before) budget.releaseRow(before.bytes);
        row.keep();
        const { bytes } = row;
        budget.holdRow(bytes);
        best.set(key, { row, bytes });
      },
      finish: () => {
        for (const { bytes } of best.values()) budget.releaseRow(bytes);
        handOn([...best.values()].map(({ row }) => row).sort(order), next);
      },
    };
  };
}

/** The same for values that are shown alike. */
function keyOf(values: readonly (Value | undefined)[]): string {
  return values.length === 1 && typeof values[0] === 'string'
    ? `"${values[0]}`
    : JSON.stringify(values.map((value) => (value === undefined ? null : textOf(value))));
}

/** A column of `stats`: what it adds of a row to what a group remembers, and its value in the end. */
export interface StatsPlan {
  readonly by: readonly { readonly name: string; readonly evaluate: Evaluate }[];
  readonly values: readonly { readonly name: string; readonly evaluate: Evaluate }[];
  /** Begins a group: `add` hears of its rows, `end` puts what was found where the values find it. */
  readonly begin: (budget: Budget) => { add(row: Row): void; end(): void };
}

interface Group {
  readonly keys: readonly (Value | undefined)[];
  readonly found: ReturnType<StatsPlan['begin']>;
}

/** Groups rows. Groups go on in the order of what they are grouped by. */
export function statsStage({ by, values, begin }: StatsPlan): MakeStage {
  return (next, budget) => {
    const groups = new Map<string, Group>();
    const open = (key: string, keys: Group['keys']): Group => {
      if (groups.size >= bounds.groups) throw new QueryFailed(`stats finds more than ${bounds.groups} groups`);
      budget.holdCells(2 + values.length + Math.floor(key.length / 32));
      const group = { keys, found: begin(budget) };
      groups.set(key, group);
      return group;
    };
    return {
      push: (row) => {
        const keys = by.map(({ evaluate }) => evaluate(row));
        const key = keyOf(keys);
        (groups.get(key) ?? open(key, keys)).found.add(row);
      },
      finish: () => {
        const sorted = [...groups.values()].sort((a, b) => keysOrder(a.keys, b.keys));
        handOn(
          sorted.map((group) => rowOf(group, by, values)),
          next,
        );
      },
    };
  };
}

function rowOf({ keys, found }: Group, by: StatsPlan['by'], values: StatsPlan['values']): Row {
  const row = new GroupRow();
  for (const [index, { name }] of by.entries()) row.set(name, keys[index]);
  found.end();
  for (const { name, evaluate } of values) row.set(name, evaluate(row));
  return row;
}

function keysOrder(left: Group['keys'], right: Group['keys']): number {
  for (const [index, value] of left.entries()) {
    const order = naturalOrder(value, right[index]);
    if (order !== 0) return order;
  }
  return 0;
}
