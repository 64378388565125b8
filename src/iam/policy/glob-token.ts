/** A piece of a pattern. Whether a wildcard stands for colons too depends on where the pattern stands. */
export type GlobToken =
  | { readonly kind: 'text'; readonly text: string }
  /** `*`: any characters, or none. */
  | { readonly kind: 'any'; readonly colons: boolean }
  /** `?`: one character. */
  | { readonly kind: 'one'; readonly colons: boolean };

/** The pieces of a pattern whose wildcards stand for anything. */
export function tokensOf(pattern: string): readonly GlobToken[] {
  return pattern.split(/([*?])/).map((piece): GlobToken => {
    if (piece === '*') return { kind: 'any', colons: true };
    return piece === '?' ? { kind: 'one', colons: true } : { kind: 'text', text: piece };
  });
}

/**
 * The pieces of a pattern of ARNs: a wildcard stands for what is between two colons, unless it is a star that ends a segment,
 * which reaches as far as it likes. `goesOn` says that something follows the pattern, which is then no end of a segment.
 */
export function arnTokensOf(pattern: string, goesOn = false): readonly GlobToken[] {
  const pieces = pattern.split(/(\*+|\?)/);
  return pieces.map((piece, index): GlobToken => {
    if (index % 2 === 0) return { kind: 'text', text: piece };
    if (piece === '?') return { kind: 'one', colons: false };
    const isLast = index === pieces.length - 2 && pieces[index + 1] === '';
    return { kind: 'any', colons: isLast ? !goesOn : (pieces[index + 1] ?? '').startsWith(':') };
  });
}
