import { Buffer } from 'node:buffer';

/** A filter pattern, ready to decide. */
export interface CompiledPattern {
  /** Throws `InvalidParameterException` where deciding would take too long. */
  matches(message: string): boolean;
  /** Decides by bytes alone, and quickly: false is true of `matches` too. */
  mayMatch(payload: Buffer): boolean;
  /** A text that every message that matches has, if one is known: for whoever asks many patterns about one message. */
  readonly literal: Literal | undefined;
  /** How many regular expressions are in it. */
  readonly expressions: number;
  /** What deciding about a message of this length costs at most, in steps of an automaton. */
  steps(length: number): number;
  /** What the pattern names in a message, by the names that metric filters use: `$.latency`, `$status`, `$3`. */
  valuesIn(message: string): Readonly<Record<string, string>>;
}

/** A text that stands in every message that matches. */
export interface Literal {
  readonly text: string;
  /** It may be written otherwise in a message with a backslash: in JSON every character has several spellings. */
  readonly unlessEscaped: boolean;
}

const backslash = 0x5c;

/** What decides by bytes alone. */
export function byteTest(literal: Literal | undefined): (payload: Buffer) => boolean {
  if (!literal || !isExact(literal.text)) return () => true;
  const bytes = Buffer.from(literal.text);
  if (!literal.unlessEscaped) return (payload) => payload.includes(bytes);
  return (payload) => payload.includes(bytes) || payload.includes(backslash);
}

/** Whether bytes say what characters do: half a pair has none, and U+FFFD stands for any bytes that are no UTF-8. */
function isExact(text: string): boolean {
  return text.length > 0 && text.isWellFormed() && !text.includes('\ufffd');
}

/** The longest of some literals, all of which must occur. */
export function longest(literals: readonly (Literal | undefined)[]): Literal | undefined {
  return literals.reduce((best, literal) => {
    if (!literal || !isExact(literal.text)) return best;
    return !best || literal.text.length > best.text.length ? literal : best;
  }, undefined);
}
