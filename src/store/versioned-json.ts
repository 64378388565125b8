/**
 * JSON as it is persisted: `{"formatVersion":1,"value":...}`, the version first, so that a later release can tell how to
 * read what follows before it looks at it.
 */
const formatVersion = 1;
const prefix = `{"formatVersion":${formatVersion},"value":`;

/** Persisted form of `value`, which must not be undefined. Throws on what JSON cannot hold (a cycle, a bigint). */
export function toVersionedJson(value: object): string {
  return `${prefix}${JSON.stringify(value)}}`;
}

/** Reads what `toVersionedJson` wrote. Throws on a version that this release does not know. */
export function fromVersionedJson<Value extends object>(text: string): Value {
  if (text.startsWith(prefix)) return JSON.parse(text.slice(prefix.length, -1)) as Value;
  const found = /^\{"formatVersion":(\d+)/.exec(text)?.[1] ?? 'none';
  throw new Error(`stored JSON has format version ${found}; this release reads ${formatVersion}`);
}
