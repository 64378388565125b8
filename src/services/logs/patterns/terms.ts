import { occurrencesOf } from '../../../core/occurrences.ts';
import { invalidParameter } from '../refusals.ts';
import { byteTest, type CompiledPattern, longest } from './compiled-pattern.ts';
import type { Expression } from './expression.ts';
import { PatternReader } from './reader.ts';
import { invalidPattern } from './refusals.ts';

type Role = 'required' | 'optional' | 'excluded';

interface Terms {
  readonly texts: readonly { readonly role: Role; readonly text: string }[];
  readonly expressions: readonly { readonly role: Role; readonly expression: Expression }[];
}

/** What a message has of a term. */
interface Found {
  readonly role: Role;
  readonly isThere: boolean;
}

/**
 * Compiles terms: every plain one must occur in the message, none with `-` may, and of those with `?` at least one must, unless
 * there are plain ones, beside which AWS ignores them. Words and phrases are compared as they are, case included, anywhere in
 * the message; between percent signs stands a regular expression.
 */
export function compileTerms(pattern: string): CompiledPattern {
  const terms = readTerms(pattern);
  const occurrences = occurrencesOf(terms.texts.map(({ text }) => text));
  const required = [
    ...terms.texts.filter(({ role }) => role === 'required').map(({ text }) => text),
    ...terms.expressions.filter(({ role }) => role === 'required').map(({ expression }) => expression.literal),
  ];
  const literal = longest(required.map((text) => ({ text, unlessEscaped: false })));
  return {
    matches: (message) => decide(found(terms, occurrences(message), message)),
    mayMatch: byteTest(literal),
    literal,
    expressions: terms.expressions.length,
    steps: (length) => terms.expressions.reduce((sum, { expression }) => sum + expression.steps(length), 0),
    valuesIn: () => ({}),
  };
}

function found({ texts, expressions }: Terms, occurring: ReadonlySet<number>, message: string): readonly Found[] {
  const isRequired = [...texts, ...expressions].some(({ role }) => role === 'required');
  return [
    ...texts.map(({ role }, index) => ({ role, isThere: occurring.has(index) })),
    ...expressions.map(({ role, expression }) => ({
      role,
      isThere: !(isRequired && role === 'optional') && expression.test(message),
    })),
  ];
}

function decide(all: readonly Found[]): boolean {
  const of = (role: Role) => all.filter((term) => term.role === role);
  const [required, optional] = [of('required'), of('optional')];
  return (
    required.every(({ isThere }) => isThere) &&
    !of('excluded').some(({ isThere }) => isThere) &&
    (required.length > 0 || optional.length === 0 || optional.some(({ isThere }) => isThere))
  );
}

function readTerms(pattern: string): Terms {
  const reader = new PatternReader(pattern);
  const texts: { role: Role; text: string }[] = [];
  const expressions: { role: Role; expression: Expression }[] = [];
  for (reader.skipSpace(); !reader.isAtEnd; reader.skipSpace()) {
    const role = roleOf(reader.match(/[?-]/uy)?.[0]);
    const expression = reader.expression();
    if (expression) expressions.push({ role, expression });
    else texts.push({ role, text: reader.quotation() ?? bareTerm(reader) });
  }
  return { texts, expressions };
}

function roleOf(sign: string | undefined): Role {
  if (sign === '?') return 'optional';
  return sign === '-' ? 'excluded' : 'required';
}

/** Anything but letters, digits and underscores needs quotes. */
function bareTerm(reader: PatternReader): string {
  const word = reader.match(/[^\s"]+/uy)?.[0];
  if (word === undefined) throw invalidPattern();
  if (!/^[\p{L}\p{N}\p{M}_]+$/u.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`);
  return word;
}
