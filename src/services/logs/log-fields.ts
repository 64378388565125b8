import { objectIn } from './insights/index.ts';

/** So many fields of one event are found. */
const mostFields = 1_000;
const deepest = 50;

/** What the JSON of a message says, by names with dots, as queries name it; nothing of a message that is no JSON object. */
export function fieldsIn(message: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const root = objectIn(message);
  if (root) note(root, '', 0, found);
  return found;
}

function note(value: unknown, name: string, depth: number, found: Map<string, string>): void {
  if (found.size >= mostFields || depth > deepest || value === null) return;
  if (typeof value !== 'object') {
    found.set(name, typeof value === 'boolean' ? String(Number(value)) : String(value));
    return;
  }
  for (const [key, inner] of Object.entries(value as object)) {
    note(inner, name === '' ? key : `${name}.${key}`, depth + 1, found);
  }
}
