const escapeSign = '\u001b';
/** The colours of a program that does not know where its output goes. */
const colours = `${escapeSign}\\[[\\d;:]*m`;
const parts = new RegExp(`(?<kept>[\\t\\n]|${colours})|(?<ending>\\r+(?=\\n|$))|\\p{Cc}`, 'gu');

/**
 * A text as a terminal may have it. Whoever wrote it in a log, a name or a reason is not who reads it: control characters become
 * signs that can be seen, or they could hide lines, set the title or fill the clipboard. Line breaks, tabs and colours stay; colours
 * end with the text.
 */
export function shownText(text: string): string {
  const shown = text.replaceAll(parts, (found, ...more) => {
    const { kept, ending } = more.at(-1) as { readonly kept?: string; readonly ending?: string };
    return ending === undefined ? (kept ?? signOf(found.codePointAt(0) ?? 0)) : '';
  });
  return shown.includes(escapeSign) ? `${shown}${escapeSign}[0m` : shown;
}

/** Of Unicode's "Control Pictures", which have none for the upper ones. */
function signOf(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
