import { compileRegex, type Instruction } from './compile.ts';
import { type Assertion, parseRegex } from './parse.ts';

type Slots = readonly (number | undefined)[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

const wordCharacter = /\w/;

/**
 * A regular expression that runs all its possibilities side by side, one character after the other: time grows with text
 * times pattern, never faster. Has as much of `RegExp` as JSONata uses; always global.
 */
export class LinearRegExp {
  static #latest: LinearRegExp | undefined;
  readonly #program: readonly Instruction[];
  readonly #slots: number;
  readonly #multiline: boolean;
  #charge: (steps: number) => void = () => undefined;
  lastIndex = 0;

  constructor(pattern: RegExp) {
    this.#program = programOf(pattern);
    this.#slots = this.#program.filter(({ op }) => op === 'save').length;
    this.#multiline = pattern.multiline;
    LinearRegExp.#latest = this;
  }

  /** Who pays for the steps of the expression made last. To be called before anything else can make one. */
  static chargeLatest(charge: (steps: number) => void): void {
    if (LinearRegExp.#latest) LinearRegExp.#latest.#charge = charge;
    LinearRegExp.#latest = undefined;
  }

  /** The first match at or behind `lastIndex`, the longest by preference as `RegExp` finds it, or null. */
  exec(text: string): ((string | undefined)[] & { index: number }) | null {
    const slots = this.#search(text, this.lastIndex);
    const [start, end] = slots ?? [];
    if (!slots || start === undefined || end === undefined) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = end;
    const groups: (string | undefined)[] = [];
    for (let slot = 0; slot < this.#slots; slot += 2) {
      const [from, to] = [slots[slot], slots[slot + 1]];
      groups.push(from === undefined || to === undefined ? undefined : text.slice(from, to));
    }
    return Object.assign(groups, { index: start });
  }

  #search(text: string, from: number): Slots | undefined {
    let threads: Thread[] = [];
    let found: Slots | undefined;
    for (let position = from; position <= text.length; position += 1) {
      if (!found) this.#follow(threads, text, position);
      this.#charge(threads.length + 1);
      if (threads.length === 0 && found) break;
      const next: Thread[] = [];
      const seen = new Set<number>();
      for (const thread of threads) {
        const instruction = this.#program[thread.at];
        if (instruction?.op === 'match') {
          // Threads behind this one are less preferred: they end here.
          found = thread.slots;
          break;
        }
        if (instruction?.op === 'character' && position < text.length && instruction.test.test(text[position] ?? '')) {
          this.#spawn(next, seen, thread.at + 1, thread.slots, text, position + 1);
        }
      }
      threads = next;
    }
    return found;
  }

  /** Starts the pattern anew at this position, behind all threads that are under way. */
  #follow(threads: Thread[], text: string, position: number): void {
    const seen = new Set(threads.map(({ at }) => at));
    this.#spawn(threads, seen, 0, [], text, position);
  }

  /** Adds the threads that a place leads to without reading a character, in order of preference. */
  #spawn(into: Thread[], seen: Set<number>, start: number, slots: Slots, text: string, position: number): void {
    const stack: Thread[] = [{ at: start, slots }];
    for (let thread = stack.pop(); thread; thread = stack.pop()) {
      if (seen.has(thread.at)) continue;
      seen.add(thread.at);
      const instruction = this.#program[thread.at];
      const next = thread.at + 1;
      if (instruction?.op === 'jump') stack.push({ at: instruction.to, slots: thread.slots });
      else if (instruction?.op === 'split') {
        stack.push({ at: instruction.second, slots: thread.slots }, { at: instruction.first, slots: thread.slots });
      } else if (instruction?.op === 'save') {
        stack.push({ at: next, slots: saved(thread.slots, instruction.slot, position) });
      } else if (instruction?.op === 'assert') {
        if (this.#holds(instruction.at, text, position)) stack.push({ at: next, slots: thread.slots });
      } else if (instruction) into.push(thread);
    }
    this.#charge(seen.size);
  }

  #holds(assertion: Assertion, text: string, position: number): boolean {
    const before = text[position - 1];
    const after = text[position];
    if (assertion === 'start') return before === undefined || (this.#multiline && before === '\n');
    if (assertion === 'end') return after === undefined || (this.#multiline && after === '\n');
    const boundary = wordCharacter.test(before ?? ' ') !== wordCharacter.test(after ?? ' ');
    return boundary === (assertion === 'boundary');
  }
}

function saved(slots: Slots, slot: number, position: number): Slots {
  const copy = [...slots];
  while (copy.length <= slot) copy.push(undefined);
  copy[slot] = position;
  return copy;
}

const programs = new WeakMap<RegExp, readonly Instruction[]>();

/** The program of a pattern, made once. Throws `SyntaxFault` for what cannot be run in linear time. */
export function programOf(pattern: RegExp): readonly Instruction[] {
  const known = programs.get(pattern);
  if (known) return known;
  const program = compileRegex(parseRegex(pattern));
  programs.set(pattern, program);
  return program;
}
