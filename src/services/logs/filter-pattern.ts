import { occurrencesOf } from '../../core/occurrences.ts';
import { invalidParameter, unsupported } from './refusals.ts';

/** Answers whether a message matches. */
export type EventFilter = (message: string) => boolean;

type Role = 'required' | 'optional' | 'excluded';

interface Term {
  readonly role: Role;
  readonly text: string;
}

/** An optional sign, then a phrase in double quotes (with `\"` and `\\`) or a bare term. */
const termPattern = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/suy;

/**
 * Compiles the terms of a filter pattern: every plain term must occur in the message, none with `-` may, and of those
 * with `?` at least one must, unless there are plain terms, beside which AWS ignores them. Terms are compared as they
 * are, case included, anywhere in the message. Throws `InvalidParameterException` for a malformed pattern, and for the
 * forms that this version has not: `{ JSON }`, `[ columns ]`, `%regular expressions%`. A message costs time linear in its
 * length, whatever the pattern.
 */
export function compileFilter(pattern: string): EventFilter {
  refuseOtherForms(pattern.trim());
  const terms = parseTerms(pattern);
  const required = indexesOf(terms, 'required');
  const excluded = indexesOf(terms, 'excluded');
  const optional = required.length > 0 ? [] : indexesOf(terms, 'optional');
  const occurrences = occurrencesOf(terms.map(({ text }) => text));
  return (message) => {
    const found = occurrences(message);
    return (
      required.every((index) => found.has(index)) &&
      !excluded.some((index) => found.has(index)) &&
      (optional.length === 0 || optional.some((index) => found.has(index)))
    );
  };
}

function refuseOtherForms(pattern: string): void {
  if (pattern.startsWith('{')) throw unsupported('A JSON filter pattern ({ ... })');
  if (pattern.startsWith('[')) throw unsupported('A space-delimited filter pattern ([ ... ])');
  if (/(^|\s)[?-]?%/.test(pattern)) throw unsupported('A regular expression in a filter pattern (%...%)');
}

function parseTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  const end = pattern.trimEnd().length;
  for (let at = 0; at < end; ) {
    termPattern.lastIndex = at;
    const match = termPattern.exec(pattern);
    if (!match) throw invalidParameter('Invalid filter pattern');
    const [whole, sign = '', phrase, word] = match;
    terms.push({ role: roleOf(sign), text: phrase === undefined ? bareTerm(word ?? '') : withoutEscapes(phrase) });
    at += whole.length;
  }
  return terms;
}

function roleOf(sign: string): Role {
  if (sign === '?') return 'optional';
  return sign === '-' ? 'excluded' : 'required';
}

/** Anything but letters, digits and underscores needs quotes. */
function bareTerm(word: string): string {
  if (!/^[\p{L}\p{N}\p{M}_]+$/u.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`);
  return word;
}

function withoutEscapes(phrase: string): string {
  return phrase.replaceAll(/\\(["\\])/g, '$1');
}

function indexesOf(terms: readonly Term[], role: Role): number[] {
  return terms.flatMap((term, index) => (term.role === role ? [index] : []));
}
