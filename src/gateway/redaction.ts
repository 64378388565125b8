/** What CloudTrail shows instead of a value that it must not see. */
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Of CloudTrail: larger parameters are left out of a record. Counted in characters, and in values of any kind. */
const most = { characters: 100_000, values: 10_000 } as const;

/** Thrown within, when there is too much. */
const tooMuch = Symbol('too much');

/**
 * A copy of a call's input in which the members named in `hide` have no value, wherever they stand. Undefined if there is
 * more than a record holds: the input may be anything that can be sent. Nested as deep as the gateway lets JSON be.
 */
export function redacted(input: unknown, hide: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const left = { characters: most.characters, values: most.values };
  try {
    return copyObject(input, new Set(hide), left);
  } catch (thrown) {
    if (thrown === tooMuch) return undefined;
    throw thrown;
  }
}

/** The words of a refusal, unless they repeat a value that is hidden: validation says what it was given. */
export function wordsWithoutHidden(words: string, input: unknown, hide: readonly string[]): string {
  if (hide.length === 0) return words;
  for (const text of textsUnder(input, new Set(hide), false)) if (repeats(words, text)) return hidden;
  return words;
}

/** Words show a long value by its beginning, and what is no text as JSON. */
const tellingLength = 32;

function repeats(words: string, text: string): boolean {
  if (text === '') return false;
  const beginning = Array.from(text.slice(0, 2 * tellingLength))
    .slice(0, tellingLength)
    .join('');
  return words.includes(beginning) || words.includes(JSON.stringify(beginning).slice(1, -1));
}

function* textsUnder(value: unknown, hide: ReadonlySet<string>, isHidden: boolean): Generator<string> {
  if (typeof value === 'string' && isHidden) yield value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  for (const [key, member] of Object.entries(value)) yield* textsUnder(member, hide, isHidden || hide.has(key));
}

interface Left {
  characters: number;
  values: number;
}

function spend(left: Left, characters: number): void {
  left.values -= 1;
  left.characters -= characters;
  if (left.values < 0 || left.characters < 0) throw tooMuch;
}

function copy(value: unknown, hide: ReadonlySet<string>, left: Left): unknown {
  spend(left, typeof value === 'string' ? value.length : 0);
  if (Array.isArray(value)) return value.map((each) => copy(each, hide, left));
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'object' && value !== null ? copyObject(value, hide, left) : value;
}

function copyObject(value: object, hide: ReadonlySet<string>, left: Left): Record<string, unknown> {
  // A plain one: it is made into JSON at once, and V8 takes three times as long for one without prototype.
  const copied: Record<string, unknown> = {};
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    spend(left, key.length);
    const member = hide.has(key) ? hidden : copy((value as Record<string, unknown>)[key], hide, left);
    if (key === '__proto__') Object.defineProperty(copied, key, { value: member, enumerable: true });
    else copied[key] = member;
  }
  return copied;
}
