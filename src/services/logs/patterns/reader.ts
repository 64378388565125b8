import { compileExpression, type Expression } from './expression.ts';
import { invalidPattern } from './refusals.ts';

/** AWS takes no more regular expressions in one pattern. */
const mostExpressions = 2;

const quoted = /"((?:[^"\\]|\\.)*)"/suy;
const percented = /%((?:[^%\\]|\\.)*)%/suy;

/** A place in the text of a pattern, moved on as it is read. */
export class PatternReader {
  readonly #text: string;
  #at: number;
  #expressions = 0;

  constructor(text: string, at = 0) {
    this.#text = text;
    this.#at = at;
  }

  /** How many regular expressions have been read. */
  get expressions(): number {
    return this.#expressions;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skipSpace(): void {
    this.match(/\s*/uy);
  }

  /** Reads on over what a sticky expression matches here; undefined if it does not. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }

  /** Reads one of some signs, behind space; the first that stands there. */
  sign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    this.skipSpace();
    const found = signs.find((sign) => this.#text.startsWith(sign, this.#at));
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  demand(sign: string): void {
    if (this.sign(sign) === undefined) throw invalidPattern();
  }

  quotation(): string | undefined {
    const match = this.match(quoted);
    return match && withoutEscapes(match[1] ?? '');
  }

  expression(): Expression | undefined {
    const match = this.match(percented);
    if (!match) return undefined;
    this.#expressions += 1;
    if (this.#expressions > mostExpressions) throw invalidPattern('it has more than 2 regular expressions');
    return compileExpression(match[1] ?? '');
  }
}

function withoutEscapes(text: string): string {
  return text.replaceAll(/\\(["\\])/g, '$1');
}
