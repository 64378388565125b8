import { RE2JS } from 're2js';
import { invalidParameter } from '../refusals.ts';
import { invalidPattern } from './refusals.ts';

/** A regular expression of a filter pattern. */
export interface Expression {
  test(text: string): boolean;
  /** A run of characters that stands in every text that it finds. */
  readonly literal: string;
  readonly steps: (length: number) => number;
}

/** Our own bounds: no more atoms once repeats are written out, and no more steps of the automaton for one text. */
const bounds = { atoms: 2_000, steps: 10_000_000 } as const;

/** One atom of AWS's subset, which has neither groups nor characters of several bytes, with what repeats it. */
const atom =
  /(?:(?<plain>[A-Za-z0-9:_#=@/;,\- ])|(?<any>[.^$|])|\\(?<escaped>x[0-9A-Fa-f]{2}|[dDsSwW]|[!-/:-@[-`{-~])|(?<class>\[\^?\]?(?:\\[\x21-\x7e]|[\x20-\x24\x26-\x5b\x5e-\x7e])*\]))(?<repeat>[?*+]|\{(?<least>\d{1,4})(?:,(?<most>\d{0,4}))?\})?/y;

interface Shape {
  readonly atoms: number;
  readonly literal: string;
}

/** Compiles what stands between two percent signs. It finds its text anywhere in another, in time linear in that one. */
export function compileExpression(source: string): Expression {
  const { atoms, literal } = shapeOf(source);
  if (atoms === 0) throw invalidPattern();
  if (atoms > bounds.atoms) throw invalidPattern(`the regular expression %${source}% is too large`);
  const program = programOf(source);
  const size = program.programSize();
  const steps = (length: number) => size * (length + 1);
  return {
    literal,
    steps,
    test: (text) => {
      if (steps(text.length) > bounds.steps) throw tooLong(source, text.length);
      return program.test(text);
    },
  };
}

function programOf(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch {
    throw invalidPattern(`%${source}% is no regular expression that is supported`);
  }
}

function shapeOf(source: string): Shape {
  let atoms = 0;
  let literal = '';
  let run = '';
  let hasChoice = false;
  for (let at = 0; at < source.length; at = atom.lastIndex) {
    atom.lastIndex = at;
    const groups = atom.exec(source)?.groups;
    if (!groups) throw invalidPattern(`%${source}% is no regular expression that is supported`);
    atoms += Math.max(1, Number(groups.least ?? 1), Number(groups.most || 1));
    hasChoice ||= groups.any === '|';
    const text = textOf(groups);
    run = text !== undefined && groups.repeat === undefined ? run + text : '';
    if (run.length > literal.length) literal = run;
  }
  // With a choice, and no groups to bound it, nothing must occur.
  return { atoms, literal: hasChoice ? '' : literal };
}

/** The one character that an atom stands for, where it is one. */
function textOf({ plain, escaped }: Readonly<Record<string, string | undefined>>): string | undefined {
  if (plain !== undefined) return plain;
  return escaped !== undefined && /^[^A-Za-z0-9]$/.test(escaped) ? escaped : undefined;
}

function tooLong(source: string, length: number) {
  return invalidParameter(
    `The regular expression %${source}% takes too long on an event of ${length} characters: use fewer or smaller counted ` +
      'repeats ({n}).',
  );
}
