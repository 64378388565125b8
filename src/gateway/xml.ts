const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** Escapes text for an element or attribute. Characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"'\r]/g, (character) => escapes[character] ?? character)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** `<name>text</name>`; `text` is escaped. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/**
 * One member of an awsQuery result: structures nest, lists become `<member>`s, a `Map` or a member named in `maps`
 * becomes `<entry>`s, dates are ISO 8601, bytes base64; undefined members are left out.
 */
export function xmlElement(name: string, value: unknown, maps: readonly string[] = []): string {
  if (value === undefined || value === null) return '';
  const isMap = maps.includes(name) && typeof value === 'object' && !(value instanceof Map);
  return `<${name}>${xmlContent(isMap ? new Map(Object.entries(value)) : value, maps)}</${name}>`;
}

/** What is inside the element of `value`. */
export function xmlContent(value: unknown, maps: readonly string[] = []): string {
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => xmlElement('member', item, maps)).join('');
  if (value instanceof Map) return [...value].map((entry) => xmlEntry(entry, maps)).join('');
  return Object.entries(value)
    .map(([name, member]) => xmlElement(name, member, maps))
    .join('');
}

function xmlEntry([key, value]: [unknown, unknown], maps: readonly string[]): string {
  return `<entry>${xmlElement('key', key)}${xmlElement('value', value, maps)}</entry>`;
}
