/**
 * Why a job waits, and what is to be done. A remedy stands alone elsewhere, so it names the environments that the reason may have
 * named already: `No ... runs it. (spot: SPOT) It never starts (spot: SPOT): cancel it.`
 */
export function whyWords(text: string, remedy: string | undefined): string {
  const rest = remedy?.replace(/ (\(.*\))(?=: )/, (all, named: string) => (text.includes(named) ? '' : all));
  return [text, rest].filter(Boolean).join(' ');
}
