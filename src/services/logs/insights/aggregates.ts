import type { Budget } from './bounds.ts';
import { DistinctCount } from './distinct-count.ts';
import { isBefore } from './functions.ts';
import { Percentile } from './percentile.ts';
import type { Row } from './row.ts';
import { finite, isStructure, Moment, numberOf, textOf, type Value } from './values.ts';

/** What a function of `stats` remembers of a group. */
export interface Accumulator {
  add(value: Value | undefined, row: Row): void;
  readonly value: Value | undefined;
}

/** Makes what one group remembers. `rank` is the second argument of `pct`. */
export type Aggregate = (budget: Budget, rank: number) => Accumulator;

/** Folds numbers; what is none does not count. */
function folding(fold: (sum: number | undefined, number: number) => number): Aggregate {
  return () => {
    let result: number | undefined;
    return {
      add: (value) => {
        const number = numberOf(value);
        if (number !== undefined) result = fold(result, number);
      },
      get value() {
        return result === undefined ? undefined : finite(result);
      },
    };
  };
}

/** Keeps the value that is better than the one before. */
function choosing(isBetter: (value: Value, best: Value, row: Row, bestAt: number) => boolean): Aggregate {
  return () => {
    let best: Value | undefined;
    let bestAt = 0;
    return {
      add: (value, row) => {
        if (value === undefined || isStructure(value)) return;
        if (best !== undefined && !isBetter(value, best, row, bestAt)) return;
        best = value;
        bestAt = timeOf(row);
      },
      get value() {
        return best;
      },
    };
  };
}

function timeOf(row: Row): number {
  const value = row.get('@timestamp', ['@timestamp']);
  return value instanceof Moment ? value.at : row.sequence;
}

/** `count(*)` gives a value for every row. */
const count: Aggregate = () => {
  let counted = 0;
  return {
    add: (value) => {
      if (value !== undefined) counted += 1;
    },
    get value() {
      return counted;
    },
  };
};

const distinct: Aggregate = (budget) => {
  const counter = new DistinctCount((cells) => budget.holdCells(cells));
  return {
    add: (value) => {
      if (value !== undefined) counter.add(textOf(value));
    },
    get value() {
      return counter.estimate;
    },
  };
};

const percentile: Aggregate = (budget, rank) => {
  const numbers = new Percentile((cells) => budget.holdCells(cells));
  return {
    add: (value) => {
      const number = numberOf(value);
      if (number !== undefined) numbers.add(number);
    },
    get value() {
      return numbers.at(rank);
    },
  };
};

/** Mean and spread in one pass, as Welford does it: sums of squares would lose digits. */
function spread(result: (count: number, mean: number, squares: number) => number): Aggregate {
  return () => {
    let [seen, mean, squares] = [0, 0, 0];
    return {
      add: (value) => {
        const number = numberOf(value);
        if (number === undefined) return;
        seen += 1;
        const before = number - mean;
        mean += before / seen;
        squares += before * (number - mean);
      },
      get value() {
        return seen === 0 ? undefined : finite(result(seen, mean, squares));
      },
    };
  };
}

/** The functions of `stats`, by their names in lower case. `stddev` is that of a sample, and 0 of one value. */
export const aggregates: Readonly<Record<string, Aggregate>> = {
  count,
  count_distinct: distinct,
  sum: folding((sum = 0, number) => sum + number),
  min: folding((least = Number.POSITIVE_INFINITY, number) => Math.min(least, number)),
  max: folding((most = Number.NEGATIVE_INFINITY, number) => Math.max(most, number)),
  avg: spread((_count, mean) => mean),
  stddev: spread((seen, _mean, squares) => (seen < 2 ? 0 : Math.sqrt(squares / (seen - 1)))),
  pct: percentile,
  earliest: choosing((_value, _best, row, bestAt) => timeOf(row) < bestAt),
  latest: choosing((_value, _best, row, bestAt) => timeOf(row) >= bestAt),
  sortsfirst: choosing((value, best) => isBefore(value, best)),
  sortslast: choosing((value, best) => isBefore(best, value)),
};
