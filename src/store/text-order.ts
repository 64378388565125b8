/**
 * Orders text by code point, which is the order of its UTF-8 bytes: the order of every driver. (`<` orders by UTF-16
 * code unit, and so puts characters beyond U+FFFF before U+E000.)
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for the highest code points, so they go above the other units. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
