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
  const copied: Record<string, unknown> = Object.create(null);
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    spend(left, key.length);
    copied[key] = hide.has(key) ? hidden : copy((value as Record<string, unknown>)[key], hide, left);
  }
  return copied;
}
