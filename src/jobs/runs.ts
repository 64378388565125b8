/** Children `first` to `last`, both included. */
export type Run = readonly [first: number, last: number];

/** Gathers indexes, given in rising order, into runs. */
export class RunBuilder {
  readonly runs: [number, number][] = [];
  count = 0;

  add(index: number): void {
    this.count += 1;
    const last = this.runs.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else this.runs.push([index, index]);
  }
}

/** What a turn is charged for runs: one for each, and one for each 256 children. */
export function unitsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, [first, last]) => sum + 1 + Math.floor((last - first) / 256), 0);
}

/** What a turn is charged for all of a job; `size`: of an array, each of whose children is looked at. */
export function unitsOfJob(size = 1): number {
  return 1 + unitsOf([[0, size - 1]]);
}

/** `runs` in pieces of at most `limit`. */
export function* slicesOf(runs: readonly Run[], limit: number): Generator<readonly Run[]> {
  for (let at = 0; at < runs.length; at += limit) yield runs.slice(at, at + limit);
}
