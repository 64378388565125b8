/** A template, cut at its placeholders. */
export type Template = readonly Piece[];

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `isQuoted`: it stands within the quotes of a text. */
  | { readonly kind: 'value'; readonly name: string; readonly isQuoted: boolean };

const placeholder = /<([A-Za-z0-9_.-]+)>/y;

/** Cuts a template at its placeholders. */
export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let isQuoted = false;
  let from = 0;
  const cut = (to: number) => {
    if (to > from) pieces.push({ kind: 'text', text: text.slice(from, to) });
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '\\' && isQuoted) at += 1;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === '<') {
      placeholder.lastIndex = at;
      const [whole, name] = placeholder.exec(text) ?? [];
      if (whole === undefined || name === undefined) continue;
      cut(at);
      pieces.push({ kind: 'value', name, isQuoted });
      from = at + whole.length;
      at = from - 1;
    }
  }
  cut(text.length);
  return pieces;
}

/** The placeholders of a template. */
export function namesIn(template: Template): readonly string[] {
  return template.flatMap((piece) => (piece.kind === 'value' ? [piece.name] : []));
}

/** What a target is sent has at most so many characters. */
export const longestInput = 1_048_576;

/**
 * Puts values in the places of their names. Within quotes a text stands as it is, without its inner quotes being escaped, as AWS
 * has it; elsewhere as JSON. What is not there leaves nothing. Undefined if it became too long.
 */
export function fill(template: Template, valueFor: (name: string) => unknown): string | undefined {
  const values = new Map<string, string>();
  let filled = '';
  for (const piece of template) {
    filled += piece.kind === 'text' ? piece.text : shown(piece, valueFor, values);
    if (filled.length > longestInput) return undefined;
  }
  return filled;
}

/** `values` has what was written before: a name may stand in many places. */
function shown(
  { name, isQuoted }: Extract<Piece, { kind: 'value' }>,
  valueFor: (name: string) => unknown,
  values: Map<string, string>,
): string {
  const key = `${isQuoted} ${name}`;
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = valueFor(name);
  const text = isQuoted && typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  values.set(key, text);
  return text;
}
