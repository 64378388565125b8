/**
 * JSON as it is persisted: `{"formatVersion":1,"value":...}`, the version first, so that a later release can tell how to
 * read what follows before it looks at it.
 */
const formatVersion = 1;
const prefix = prefixOf(formatVersion);

/** Persisted form of `value`, which must not be undefined. Throws on what JSON cannot hold (a cycle, a bigint). */
export function toVersionedJson(value: object): string {
  return `${prefix}${JSON.stringify(value)}}`;
}

/** Reads what `toVersionedJson` wrote. Throws on a version that this release does not know. */
export function fromVersionedJson<Value extends object>(text: string): Value {
  if (text.startsWith(prefix)) return JSON.parse(text.slice(prefix.length, -1)) as Value;
  throw new Error(`stored JSON has format version ${versionOf(text) ?? 'none'}; this release reads ${formatVersion}`);
}

/** `toVersionedJson` for formats that count versions of their own. */
export function toVersionedText(version: number, value: object): string {
  return `${version === formatVersion ? prefix : prefixOf(version)}${JSON.stringify(value)}}`;
}

/** What `toVersionedText` wrote, whatever its version. Throws if it did not write it. */
export function fromVersionedText(text: string): { readonly version: number; readonly value: unknown } {
  if (text.startsWith(prefix)) return { version: formatVersion, value: JSON.parse(text.slice(prefix.length, -1)) };
  const version = versionOf(text);
  if (version === undefined) throw new Error('stored JSON has no format version');
  return { version, value: JSON.parse(text.slice(prefixOf(version).length, -1)) };
}

function prefixOf(version: number): string {
  return `{"formatVersion":${version},"value":`;
}

function versionOf(text: string): number | undefined {
  const found = /^\{"formatVersion":(\d+),"value":/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
