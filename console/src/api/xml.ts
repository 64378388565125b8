/** An element of a document. */
export interface XmlPart {
  readonly name: string;
  readonly children: readonly XmlPart[];
  /** What is written in it beside its children. */
  readonly content: string;
}

interface OpenPart extends XmlPart {
  readonly children: XmlPart[];
  content: string;
}

/** No answer of AWS is as deep. */
const deepest = 100;

/**
 * Reads what a server answers in XML: elements and text, whose attributes say nothing. Undefined for anything else, such as
 * declarations. Our own, since the worker that calls has no DOMParser, and a page that requires Trusted Types may use none.
 */
export function readXml(text: string): XmlPart | undefined {
  const root: OpenPart = { name: '', children: [], content: '' };
  const open = [root];
  const piece = /<(?<end>\/?)(?<name>[\w:.-]+)(?:\s[^<>]*?)?(?<empty>\/?)>|(?<words>[^<]+)/gy;
  piece.lastIndex = /^\s*<\?xml[^<>]*\?>/.exec(text)?.[0].length ?? 0;
  while (piece.lastIndex < text.length) {
    const { end, name = '', empty, words } = piece.exec(text)?.groups ?? {};
    const within = open.at(-1);
    if (!within || open.length > deepest || (words === undefined && name === '')) return undefined;
    if (words !== undefined) within.content += unescaped(words);
    else if (end) {
      if (within === root || within.name !== name) return undefined;
      open.pop();
    } else {
      const part: OpenPart = { name, children: [], content: '' };
      within.children.push(part);
      if (!empty) open.push(part);
    }
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
