import { type Accumulator, type Aggregate, aggregates } from './aggregates.ts';
import type { Budget } from './bounds.ts';
import { compileExpression, type Evaluate, type EvaluateOptions } from './evaluate.ts';
import { MalformedQuery } from './malformed-query.ts';
import type { Row } from './row.ts';
import type { StatsPlan } from './stages.ts';
import type { Call, Column, Command } from './syntax.ts';
import { numberOf } from './values.ts';

interface Input {
  readonly aggregate: Aggregate;
  readonly argument: Evaluate;
  readonly rank: number;
}

/** Compiles `stats`: its functions first, then what is computed of them. */
export function compileStats(command: Command & { readonly kind: 'stats' }, now: number): StatsPlan {
  const inputs: Input[] = [];
  // What the group that is being ended has found: its values are computed at once, before the next one.
  let ended: readonly Accumulator[] = [];
  const aggregate = (call: Call): Evaluate | undefined => {
    const input = inputOf(call, now);
    if (!input) return undefined;
    const index = inputs.push(input) - 1;
    return () => ended[index]?.value;
  };
  const columnOf = (options: EvaluateOptions) => (column: Column) => {
    const before = inputs.length;
    const evaluate = compileExpression(column.expression, options);
    if (options.aggregate && inputs.length === before) throw noFunction(column);
    return { name: column.name, evaluate };
  };
  const values = command.values.map(columnOf({ now, aggregate }));
  const by = command.by.map(columnOf({ now }));
  return {
    by,
    values,
    begin: (budget) => {
      const found = begin(inputs, budget);
      return {
        add: (row) => add(inputs, found, row),
        end: () => {
          ended = found;
        },
      };
    },
  };
}

function begin(inputs: readonly Input[], budget: Budget): readonly Accumulator[] {
  return inputs.map(({ aggregate, rank }) => aggregate(budget, rank));
}

function add(inputs: readonly Input[], found: readonly Accumulator[], row: Row): void {
  for (const [index, { argument }] of inputs.entries()) found[index]?.add(argument(row), row);
}

function noFunction({ span }: Column): MalformedQuery {
  return new MalformedQuery('stats takes functions such as count(*) or avg(field) only', span);
}

/** What a function of `stats` is given; undefined for any other function. */
function inputOf(call: Call, now: number): Input | undefined {
  const aggregate = Object.hasOwn(aggregates, call.name) ? aggregates[call.name] : undefined;
  if (!aggregate) return undefined;
  const [argument, rank] = call.args;
  const count = call.name === 'pct' ? 2 : 1;
  if (call.args.length !== count && !(call.name === 'count' && call.args.length === 0)) {
    throw new MalformedQuery(
      `the function ${call.name} takes ${count === 1 ? 'one argument' : 'two arguments'}`,
      call.span,
    );
  }
  // Without a function of its own, one within another is refused as unknown.
  const evaluate = argument ? compileExpression(argument, { now }) : () => 1;
  return { aggregate, argument: evaluate, rank: count === 2 ? rankOf(call, rank) : 0 };
}

function rankOf({ span }: Call, rank: Call['args'][number] | undefined): number {
  const number = rank?.kind === 'literal' ? numberOf(rank.value) : undefined;
  if (number !== undefined && number >= 0 && number <= 100) return number;
  throw new MalformedQuery('the second argument of pct must be a number from 0 to 100', span);
}
