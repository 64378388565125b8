import { matchesWildcard } from '../../core/wildcard.ts';
import { GlobAutomaton } from './glob-automaton.ts';
import type { GlobToken } from './glob-token.ts';
import type { Steps } from './steps.ts';

/** A pattern, ready to be compared. */
export interface Glob {
  matches(text: string, steps: Steps): boolean;
}

const everything: Glob = { matches: () => true };

/** Makes a pattern of its pieces. Comparing takes time linear in the text, whatever stands in pattern and text. */
export function compileGlob(tokens: readonly GlobToken[]): Glob {
  const pieces = collapse(tokens);
  const [first] = pieces;
  if (pieces.length === 1 && first?.kind === 'any' && first.colons) return everything;
  const isPlain = pieces.every((token) => token.kind === 'text' || (token.kind === 'any' && token.colons));
  return isPlain ? plainGlob(pieces) : new GlobAutomaton(pieces);
}

/** Texts side by side become one, and so do stars: the widest of a run says what it stands for. */
function collapse(tokens: readonly GlobToken[]): readonly GlobToken[] {
  const pieces: GlobToken[] = [];
  for (const token of tokens) {
    const last = pieces.at(-1);
    if (token.kind === 'text' && last?.kind === 'text') {
      pieces[pieces.length - 1] = { kind: 'text', text: last.text + token.text };
    } else if (token.kind === 'any' && last?.kind === 'any') {
      pieces[pieces.length - 1] = { kind: 'any', colons: last.colons || token.colons };
    } else if (token.kind !== 'text' || token.text !== '') pieces.push(token);
  }
  return pieces;
}

/** Pieces that are so short are searched by the engine, which may compare each character of the text with all of a piece. */
const shortPiece = 32;

/** Without `?`, and with stars that stand for anything. */
function plainGlob(tokens: readonly GlobToken[]): Glob {
  const pieces = [''];
  for (const token of tokens) {
    if (token.kind === 'text') pieces[pieces.length - 1] += token.text;
    else pieces.push('');
  }
  const size = pieces.reduce((sum, piece) => sum + piece.length + 1, 0);
  if (pieces.length === 1) return exactly(pieces[0] ?? '');
  const isShort = pieces.slice(1, -1).every(({ length }) => length <= shortPiece);
  const matches = isShort ? shortMatcher(pieces) : (text: string) => matchesWildcard(pieces, text);
  return {
    matches: (text, steps) => {
      steps.spend(text.length + size);
      return matches(text);
    },
  };
}

function exactly(only: string): Glob {
  return {
    matches: (text, steps) => {
      steps.spend(1);
      if (text.length !== only.length) return false;
      steps.spend(only.length);
      return text === only;
    },
  };
}

function shortMatcher(pieces: readonly string[]): (text: string) => boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, from);
      from = found + piece.length;
      if (found < 0 || from > end) return false;
    }
    return true;
  };
}
