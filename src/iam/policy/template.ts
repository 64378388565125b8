import type { RequestKeys } from './context.ts';

/** A piece of a text with variables. */
export type TemplatePart =
  /** As it was written: wildcards in it are wildcards. */
  | { readonly kind: 'written'; readonly text: string }
  /** `${*}`, `${?}` and `${$}`, which stand for the characters. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly key: string; readonly name: string; readonly otherwise?: string };

/** Splits a text at its variables. What only begins like one is text. Takes linear time. */
export function readTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (let at = text.indexOf('${'); at >= 0; ) {
    const end = endOfVariable(text, at + 2);
    const part = end === undefined ? undefined : readVariable(text.slice(at + 2, end));
    if (part && end !== undefined) {
      if (at > from) parts.push({ kind: 'written', text: text.slice(from, at) });
      parts.push(part);
      from = end + 1;
    }
    at = text.indexOf('${', part ? from : at + 2);
  }
  if (from < text.length) parts.push({ kind: 'written', text: text.slice(from) });
  return parts;
}

/** The offset of the brace that closes what begins at `start`; a default in quotes may hold braces, none a variable. */
function endOfVariable(text: string, start: number): number | undefined {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '$' && text[at + 1] === '{') return undefined;
    if (character === "'") quoted = !quoted;
    else if (character === '}' && !quoted) return at;
  }
  return undefined;
}

function readVariable(inside: string): TemplatePart | undefined {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'literal', text: inside };
  const comma = inside.indexOf(',');
  const name = (comma < 0 ? inside : inside.slice(0, comma)).trim();
  if (name === '' || /['\s]/.test(name)) return undefined;
  const variable = { kind: 'variable', key: name.toLowerCase(), name } as const;
  if (comma < 0) return variable;
  const rest = inside.slice(comma + 1).trim();
  const isQuoted = rest.length >= 2 && rest.startsWith("'") && rest.indexOf("'", 1) === rest.length - 1;
  return isQuoted ? { ...variable, otherwise: rest.slice(1, -1) } : undefined;
}

/** A text whose variables are filled in. */
type FilledPart = Exclude<TemplatePart, { kind: 'variable' }>;

/** The parts with what their variables stand for, as `fold` has it; undefined if one has no value and no default. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  keys: RequestKeys,
  fold: (text: string) => string,
): readonly FilledPart[] | undefined {
  const filled: FilledPart[] = [];
  for (const part of parts) {
    const text = part.kind === 'variable' ? (keys.single(part.key) ?? part.otherwise) : part.text;
    if (text === undefined) return undefined;
    filled.push(isVariable(part) ? { kind: 'literal', text: fold(text) } : part);
  }
  return filled;
}

export function isVariable(part: TemplatePart): part is Extract<TemplatePart, { kind: 'variable' }> {
  return part.kind === 'variable';
}

/** The keys that the variables of a template name, as they are written. */
export function keysOfTemplate(parts: readonly TemplatePart[]): readonly string[] {
  return parts.flatMap((part) => (isVariable(part) ? [part.name] : []));
}
