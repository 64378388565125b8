import type { GlobToken } from './glob-token.ts';
import type { Steps } from './steps.ts';

const colon = 0x3a;

/** One character of a pattern: a code point, or a wildcard. */
type Atom = number | Extract<GlobToken, { kind: 'any' | 'one' }>;

/** Bits that are set for one character of a pattern. Most words have none, so that those are left out: ascending. */
interface SparseMask {
  readonly words: number[];
  readonly bits: number[];
}

/**
 * Compares a pattern with wildcards of both kinds, by an automaton whose states are bits: bit `n` is set where the first `n` atoms
 * fit what has been read. Each character of the text costs a pass over these bits, 32 at a time, and nothing is tried twice. Made in
 * one pass over the pattern, however many characters it has that differ. No two stars stand side by side.
 */
export class GlobAutomaton {
  readonly #words: number;
  readonly #final: number;
  /** Where the next atom is a star, which may also stand for nothing. */
  readonly #stars: Uint32Array;
  /** Where a star takes the character: colons, and others. */
  readonly #staysAtColon: Uint32Array;
  readonly #stays: Uint32Array;
  /** Where the next atom is `?`, which takes the character and is done: colons, and others. */
  readonly #onesAtColon: Uint32Array;
  readonly #ones: Uint32Array;
  /** Where the next atom is the character itself. */
  readonly #named: ReadonlyMap<number, SparseMask>;

  constructor(tokens: readonly GlobToken[]) {
    const atoms = tokens.flatMap(atomsOf);
    this.#final = atoms.length;
    this.#words = (atoms.length >>> 5) + 1;
    const mask = (takes: (atom: Atom) => boolean) => maskOf(atoms, this.#words, takes);
    this.#stars = mask(isStar);
    this.#stays = this.#stars;
    this.#staysAtColon = mask((atom) => isStar(atom) && atom.colons);
    this.#ones = mask(isOne);
    this.#onesAtColon = mask((atom) => isOne(atom) && atom.colons);
    this.#named = namedIn(atoms);
  }

  matches(text: string, steps: Steps): boolean {
    steps.spend((text.length + 1) * this.#words);
    let states = new Uint32Array(this.#words);
    let next = new Uint32Array(this.#words);
    states[0] = 1;
    this.#skipStars(states);
    for (const character of text) {
      if (!this.#read(character.codePointAt(0) ?? 0, states, next)) return false;
      [states, next] = [next, states];
    }
    return ((states[this.#final >>> 5] ?? 0) & (1 << (this.#final & 31))) !== 0;
  }

  /** Fills `next`; false if no state is left. */
  #read(code: number, states: Uint32Array, next: Uint32Array): boolean {
    const { words, bits } = this.#named.get(code) ?? nowhere;
    const [ones, stays] = code === colon ? [this.#onesAtColon, this.#staysAtColon] : [this.#ones, this.#stays];
    let named = 0;
    let carry = 0;
    let some = 0;
    for (let word = 0; word < this.#words; word++) {
      const state = states[word] ?? 0;
      let moves = ones[word] ?? 0;
      if (words[named] === word) {
        moves |= bits[named] ?? 0;
        named += 1;
      }
      const moved = state & moves;
      const now = (moved << 1) | carry | (state & (stays[word] ?? 0));
      carry = moved >>> 31;
      some |= now;
      next[word] = now;
    }
    this.#skipStars(next);
    return some !== 0;
  }

  #skipStars(states: Uint32Array): void {
    let carry = 0;
    for (let word = 0; word < this.#words; word++) {
      const state = states[word] ?? 0;
      const skipped = state & (this.#stars[word] ?? 0);
      states[word] = state | (skipped << 1) | carry;
      carry = skipped >>> 31;
    }
  }
}

const nowhere: SparseMask = { words: [], bits: [] };

function namedIn(atoms: readonly Atom[]): ReadonlyMap<number, SparseMask> {
  const named = new Map<number, SparseMask>();
  for (const [index, atom] of atoms.entries()) {
    if (typeof atom !== 'number') continue;
    const mask: SparseMask = named.get(atom) ?? { words: [], bits: [] };
    named.set(atom, mask);
    const { words, bits } = mask;
    if (words.at(-1) !== index >>> 5) words.push(index >>> 5);
    bits[words.length - 1] = (bits[words.length - 1] ?? 0) | (1 << (index & 31));
  }
  return named;
}

function atomsOf(token: GlobToken): readonly Atom[] {
  return token.kind === 'text' ? Array.from(token.text, (character) => character.codePointAt(0) ?? 0) : [token];
}

function isStar(atom: Atom): atom is Extract<GlobToken, { kind: 'any' }> {
  return typeof atom !== 'number' && atom.kind === 'any';
}

function isOne(atom: Atom): atom is Extract<GlobToken, { kind: 'one' }> {
  return typeof atom !== 'number' && atom.kind === 'one';
}

function maskOf(atoms: readonly Atom[], words: number, takes: (atom: Atom) => boolean): Uint32Array {
  const mask = new Uint32Array(words);
  for (const [index, atom] of atoms.entries()) {
    if (takes(atom)) mask[index >>> 5] = (mask[index >>> 5] ?? 0) | (1 << (index & 31));
  }
  return mask;
}
