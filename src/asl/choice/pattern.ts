/**
 * The pattern of `StringMatches`: literal pieces that `*` separates. `\*` and `\\` stand for themselves. Undefined when a
 * backslash stands before anything else, which the language does not allow.
 */
export function parsePattern(text: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let piece = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? '';
    if (character === '*') {
      pieces.push(piece);
      piece = '';
    } else if (character === '\\') {
      const escaped = text[i + 1];
      if (escaped !== '*' && escaped !== '\\') return undefined;
      piece += escaped;
      i += 1;
    } else {
      piece += character;
    }
  }
  return [...pieces, piece];
}

/** Whether the text is the pieces in order with anything in between. Linear in text and pattern for each piece. */
export function matchesPattern(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
