/** The value of a text that is JSON; the text itself where it is none. */
export function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
