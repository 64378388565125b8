import { type CompiledExpression, compileExpression } from './expression.ts';

/** Characters of the expressions whose programs are kept; a program takes some hundred bytes for each. */
const keptCharacters = 200_000;

/** Compiled expressions by text: the one unused longest goes first. */
class Programs {
  readonly #kept = new Map<string, CompiledExpression>();
  #characters = 0;

  /** Throws `JsonataSyntaxFault`. */
  of(text: string): CompiledExpression {
    const known = this.#kept.get(text);
    if (known) this.#kept.delete(text);
    else this.#makeRoom(text.length);
    const program = known ?? compileExpression(text);
    this.#kept.set(text, program);
    return program;
  }

  #makeRoom(characters: number): void {
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= keptCharacters) return;
      this.#kept.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}

export const programs = new Programs();
