/**
 * JSON as it is persisted: `{"formatVersion":1,"value":...}`, the version first, so that a later release can tell how to
 * read what follows before it looks at it.
 */
const formatVersion = 1;
const prefix = prefixOf(formatVersion);

/** What is stored is not what was written: the medium has changed it, or somebody. It repeats nothing of the text, which may be a secret. */
export class DamagedJson extends Error {
  override readonly name = 'DamagedJson';
}

/** Persisted form of `value`, which must not be undefined. Throws on what JSON cannot hold (a cycle, a bigint). */
export function toVersionedJson(value: object): string {
  return `${prefix}${JSON.stringify(value)}}`;
}

/** Reads what `toVersionedJson` wrote. Throws on a version that this release does not know, and `DamagedJson`. */
export function fromVersionedJson<Value extends object>(text: string): Value {
  if (text.startsWith(prefix)) return valueIn(text, prefix) as Value;
  throw new Error(`stored JSON has format version ${versionOf(text)}; this release reads ${formatVersion}`);
}

/** `toVersionedJson` for formats that count versions of their own. */
export function toVersionedText(version: number, value: object): string {
  return `${version === formatVersion ? prefix : prefixOf(version)}${JSON.stringify(value)}}`;
}

/** What `toVersionedText` wrote, whatever its version. Throws `DamagedJson` if it did not write it. */
export function fromVersionedText(text: string): { readonly version: number; readonly value: unknown } {
  if (text.startsWith(prefix)) return { version: formatVersion, value: valueIn(text, prefix) };
  const version = versionOf(text);
  return { version, value: valueIn(text, prefixOf(version)) };
}

function valueIn(text: string, before: string): unknown {
  try {
    return JSON.parse(text.slice(before.length, -1));
  } catch {
    throw new DamagedJson('a row holds what is no JSON');
  }
}

function prefixOf(version: number): string {
  return `{"formatVersion":${version},"value":`;
}

function versionOf(text: string): number {
  const found = /^\{"formatVersion":(\d+),"value":/.exec(text)?.[1];
  if (found === undefined) throw new DamagedJson('a row holds JSON without a format version');
  return Number(found);
}
