import type { Fact, FactCursor, JobFact, LoggedFact, Runs } from './facts.ts';

/** A fact on its way to a consumer. */
export interface DeliveredFact {
  readonly sequence: number;
  readonly fact: Fact;
  /** Of a fact with runs: the children that this delivery is about, and how many of the fact came before them. */
  readonly children?: { readonly offset: number; readonly runs: Runs; readonly count: number };
}

export interface FactSlice {
  readonly facts: readonly DeliveredFact[];
  /** Where the consumer stands when it has dealt with them. */
  readonly cursor: FactCursor;
}

/**
 * Cuts off what follows a cursor: at most `limit` facts, where each child of a fact with runs counts as one. Undefined when
 * nothing does.
 */
export function cutSlice(logged: readonly LoggedFact[], after: FactCursor, limit: number): FactSlice | undefined {
  const facts: DeliveredFact[] = [];
  let last: number | undefined;
  let part: number | undefined;
  let room = limit;
  for (const each of logged) {
    if (room === 0) break;
    const { sequence, fact } = each;
    const heard = sequence === after.sequence ? after.part : 0;
    // Wholly heard: it was asked for because a part of it might not have been.
    if (heard === undefined || sequence < after.sequence) continue;
    const runs = runsOf(fact);
    const children = runs && childrenFrom(runs, heard, room);
    facts.push(children ? { sequence, fact, children } : each);
    room -= children?.count ?? 1;
    const isWhole = !runs || !children || heard + children.count === countOf(runs);
    last = sequence;
    part = isWhole ? undefined : heard + children.count;
  }
  if (last === undefined) return undefined;
  return { facts, cursor: { sequence: last, ...(part === undefined ? {} : { part }) } };
}

function runsOf(fact: Fact): Runs | undefined {
  return (fact as JobFact).runs;
}

function countOf(runs: Runs): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** At most `limit` children, beginning with the one that has `offset` before it. */
function childrenFrom(runs: Runs, offset: number, limit: number) {
  const found: [number, number][] = [];
  let skip = offset;
  let room = limit;
  for (const [first, last] of runs) {
    const from = first + skip;
    skip = Math.max(0, from - last - 1);
    if (from > last) continue;
    if (room === 0) break;
    const until = Math.min(last, from + room - 1);
    found.push([from, until]);
    room -= until - from + 1;
  }
  return { offset, runs: found, count: limit - room };
}
