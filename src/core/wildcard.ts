/** Splits a pattern at its `*`; `\*` and `\\` stand for themselves. Undefined if a `\` stands before anything else. */
export function splitWildcard(pattern: string): readonly string[] | undefined {
  const pieces = [''];
  for (let at = 0; at < pattern.length; at++) {
    let character = pattern.charAt(at);
    if (character === '*') {
      pieces.push('');
      continue;
    }
    if (character === '\\') {
      character = pattern.charAt(++at);
      if (character !== '*' && character !== '\\') return undefined;
    }
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

/**
 * Whether `text` is the pieces in their order with anything between them. Takes time linear in text and pieces, whatever is
 * in them.
 */
export function matchesWildcard(pieces: readonly string[], text: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of rest) {
    const found = findPiece(text, piece, from, end);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return true;
}

/** Knuth, Morris and Pratt: `indexOf` may take the product of both lengths. */
function findPiece(text: string, piece: string, from: number, end: number): number {
  if (piece === '') return from;
  const borders = bordersOf(piece);
  let matched = 0;
  for (let at = from; at < end; at++) {
    while (matched > 0 && text[at] !== piece[matched]) matched = borders[matched - 1] ?? 0;
    if (text[at] === piece[matched]) matched++;
    if (matched === piece.length) return at + 1 - matched;
  }
  return -1;
}

/** For each prefix the length of its longest proper border. */
function bordersOf(piece: string): readonly number[] {
  const borders = [0];
  let matched = 0;
  for (let at = 1; at < piece.length; at++) {
    while (matched > 0 && piece[at] !== piece[matched]) matched = borders[matched - 1] ?? 0;
    if (piece[at] === piece[matched]) matched++;
    borders.push(matched);
  }
  return borders;
}
