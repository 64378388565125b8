import type { CompiledPattern } from '../patterns/index.ts';

/** Above so many steps at worst a text is not looked for natively: deciding is linear, and looking is not. */
const mostLooking = 1_000_000;
/** What asking about one text costs, in steps of an automaton. */
const lookingSteps = 500;

export interface Member<Owner> {
  readonly owner: Owner;
  readonly pattern: CompiledPattern;
}

interface Placed<Owner> extends Member<Owner> {
  /** Which text every match has. */
  readonly text: number | undefined;
}

/** Many patterns that are asked about each message: texts that must be in it are looked for once, however many ask. */
export class PatternSet<Owner> {
  readonly #members: readonly Placed<Owner>[];
  readonly #texts: readonly string[];

  constructor(members: readonly Member<Owner>[]) {
    const texts = new Map<string, number>();
    this.#members = members.map((member) => {
      const { literal } = member.pattern;
      if (literal) texts.getOrInsert(literal.text, texts.size);
      return { ...member, text: literal && texts.get(literal.text) };
    });
    this.#texts = [...texts.keys()];
  }

  /** What asking all of them about a message of this length costs at most, in steps of an automaton. */
  steps(length: number): number {
    const looking = lookingSteps * (this.#members.length + this.#texts.length);
    return this.#members.reduce((sum, { pattern }) => sum + pattern.steps(length), looking);
  }

  /** Those that match. `onUndecided` hears of one that would take too long to decide about this message. */
  matching(message: string, onUndecided: (owner: Owner, error: unknown) => void): readonly Member<Owner>[] {
    const isThere = this.#texts.map((text) => mayHold(message, text));
    const isEscaped = message.includes('\\');
    return this.#members.filter(({ owner, pattern, text }) => {
      const isRuledOut = text !== undefined && !isThere[text] && !(isEscaped && pattern.literal?.unlessEscaped);
      return !isRuledOut && decide(pattern, message, (error) => onUndecided(owner, error));
    });
  }
}

function mayHold(message: string, text: string): boolean {
  return message.length * text.length > mostLooking || message.includes(text);
}

function decide(pattern: CompiledPattern, message: string, onError: (error: unknown) => void): boolean {
  try {
    return pattern.matches(message);
  } catch (error) {
    onError(error);
    return false;
  }
}
