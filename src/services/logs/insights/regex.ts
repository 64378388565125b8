import { RE2JS } from 're2js';
import { bounds, QueryFailed } from './bounds.ts';
import { MalformedQuery } from './malformed-query.ts';
import type { RegexSource } from './syntax.ts';

/** A regular expression, which takes time linear in its text: RE2's syntax, without looking around and back. */
export interface Regex {
  test(text: string): boolean;
  /** What the named groups hold at the first place where it matches; undefined if it does not. */
  groups(text: string): ReadonlyMap<string, string> | undefined;
  readonly names: readonly string[];
  /** A run of characters that stands in every text that it finds. */
  readonly literal: string;
}

export function compileRegex({ source, span }: RegexSource): Regex {
  const program = programOf(source, span);
  const size = program.programSize();
  const names = Object.keys(program.namedGroups());
  const check = (text: string) => {
    if (size * (text.length + 1) <= bounds.steps) return;
    throw new QueryFailed(
      `the regular expression /${source.slice(0, 100)}/ takes too long on a text of ${text.length} characters`,
    );
  };
  return {
    names,
    literal: literalOf(source),
    test: (text) => {
      check(text);
      return program.test(text);
    },
    groups: (text) => {
      check(text);
      const matcher = program.matcher(text);
      if (!matcher.find()) return undefined;
      return new Map(names.map((name) => [name, matcher.group(name) ?? '']));
    },
  };
}

function programOf(source: string, span: RegexSource['span']): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch {
    throw new MalformedQuery(`/${source.slice(0, 100)}/ is no regular expression that is supported`, span);
  }
}

/** One plain character, or an escaped sign, with what repeats it; or something else that stands for one character. */
const piece = /(?:([A-Za-z0-9 _:;,@=<>"'!#%&~/-])|\\([^A-Za-z0-9])|\.|\\[dDsSwW])([?*+{]?)/y;

/** The longest run of plain characters; empty where an expression has more than such runs and single characters between. */
function literalOf(source: string): string {
  let best = '';
  let run = '';
  for (let at = 0; at < source.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(source);
    if (!match || match[3] === '{') return '';
    const text = match[3] ? undefined : (match[1] ?? match[2]);
    run = text === undefined ? '' : run + text;
    if (run.length > best.length) best = run;
  }
  return best;
}

/** What the stars of `user=*, took * ms` stand for; undefined where a text has not its words in their order. */
export function matchGlob(parts: readonly string[], text: string): readonly string[] | undefined {
  const [first = '', ...others] = parts;
  const begin = text.indexOf(first);
  if (begin < 0) return undefined;
  let at = begin + first.length;
  const values: string[] = [];
  for (const [index, part] of others.entries()) {
    const end = part === '' && index === others.length - 1 ? text.length : text.indexOf(part, at);
    if (end < 0) return undefined;
    values.push(text.slice(at, end));
    at = end + part.length;
  }
  return values;
}
