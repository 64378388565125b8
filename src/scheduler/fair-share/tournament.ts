import type { ShareLine } from './share-line.ts';

/** Who takes part: a line, and what decides between lines that are equal just then, the lower first. Ties are unique. */
export interface Entrant {
  line: ShareLine;
  tie: number;
}

/**
 * Who of many has the least `constant + slope · x`, as x grows (a kinetic tournament): each match knows its winner and up to which x
 * that stands, so that time costs only the matches that it turns. Answers bit for bit what a sort by that sum, then by tie, answers.
 * x never falls between calls.
 */
export class Tournament<Player extends Entrant> {
  /** Leaves from `#capacity` on; the winner of the leaves below each match before. The root is 1. */
  #players: (Player | undefined)[] = [undefined, undefined];
  /** Up to which x, inclusive, the winner of each match stands. */
  #expiries: number[] = [stands, stands];
  #capacity = 1;
  readonly #leaves = new Map<Player, number>();
  #free: number[] = [1];

  get size(): number {
    return this.#leaves.size;
  }

  add(player: Player): void {
    const leaf = this.#free.pop() ?? this.#grow();
    this.#leaves.set(player, leaf);
    this.#players[leaf] = player;
    this.#mark(leaf);
  }

  remove(player: Player): void {
    const leaf = this.#leaves.get(player);
    if (leaf === undefined) throw new RangeError('who is removed does not take part');
    this.#leaves.delete(player);
    this.#players[leaf] = undefined;
    this.#free.push(leaf);
    this.#mark(leaf);
  }

  /** Its line or its tie is another one now. */
  changed(player: Player): void {
    const leaf = this.#leaves.get(player);
    if (leaf === undefined) throw new RangeError('who has changed does not take part');
    this.#mark(leaf);
  }

  winner(x: number): Player | undefined {
    if (this.#capacity > 1) this.#refresh(1, x);
    return this.#players[1];
  }

  /** The matches above a leaf are to be played again. */
  #mark(leaf: number): void {
    for (let match = leaf >> 1; match >= 1 && this.#expiries[match] !== due; match >>= 1) this.#expiries[match] = due;
  }

  #refresh(match: number, x: number): void {
    if (match >= this.#capacity || x <= (this.#expiries[match] ?? due)) return;
    const [left, right] = [2 * match, 2 * match + 1];
    this.#refresh(left, x);
    this.#refresh(right, x);
    const [one, other] = [this.#players[left], this.#players[right]];
    const isOne = !other || (one !== undefined && isBefore(one, other, x));
    const [winner, loser] = isOne ? [one, other] : [other, one];
    this.#players[match] = winner;
    const stand = winner && loser ? standsUntil(winner, loser, x) : stands;
    this.#expiries[match] = Math.min(stand, this.#expiries[left] ?? stands, this.#expiries[right] ?? stands);
  }

  /** Twice the leaves; answers one of the new ones. */
  #grow(): number {
    const players = this.#players.slice(this.#capacity);
    this.#capacity *= 2;
    const half = this.#capacity / 2;
    this.#players = [...Array<undefined>(this.#capacity), ...players, ...Array<undefined>(half)];
    this.#expiries = [...Array<number>(this.#capacity).fill(due), ...Array<number>(this.#capacity).fill(stands)];
    for (const [player, leaf] of this.#leaves) this.#leaves.set(player, leaf + half);
    this.#free = Array.from({ length: half - 1 }, (_, index) => 2 * this.#capacity - 1 - index);
    return this.#capacity + half;
  }
}

const due = Number.NEGATIVE_INFINITY;
const stands = Number.POSITIVE_INFINITY;
/** More than the rounding of two such sums, as a part of their terms. */
const rounding = 1e-15;

/** Whether a line is the lower one of two at x, by the sum that all compare. */
export function isBefore(one: Entrant, other: Entrant, x: number): boolean {
  const difference = valueAt(one.line, x) - valueAt(other.line, x);
  return difference < 0 || (difference === 0 && one.tie < other.tie);
}

function valueAt({ constant, slope }: ShareLine, x: number): number {
  return constant + slope * x;
}

/** Up to which x the winner surely stands, whatever rounding does; x itself where it may change with the next. */
function standsUntil({ line: winner }: Entrant, { line: loser }: Entrant, x: number): number {
  if (winner.constant === loser.constant && winner.slope === loser.slope) return stands;
  const lead = loser.constant - winner.constant - rounding * (Math.abs(loser.constant) + Math.abs(winner.constant));
  const closing = winner.slope - loser.slope + rounding * (winner.slope + loser.slope);
  if (lead <= closing * x) return x;
  return closing > 0 ? lead / closing : stands;
}
