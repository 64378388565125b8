/** An element of an answer in XML. Its parts are asked for by name, since XML tells no empty list from an empty text. */
export class XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** What is written in it, beside its children. */
  readonly content: string;

  constructor(name: string, children: readonly XmlElement[], content: string) {
    this.name = name;
    this.children = children;
    this.content = content;
  }

  /** The first child of a name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((each) => each.name === name);
  }

  /** The text at the end of a path of names; undefined where there is none. */
  text(...path: readonly string[]): string | undefined {
    let at: XmlElement | undefined = this;
    for (const name of path) at = at?.child(name);
    return at?.content;
  }

  /** The members of a list, in their order; none where it is missing. */
  list(name: string): readonly XmlElement[] {
    return this.child(name)?.children ?? [];
  }
}

/**
 * Reads a document as the query protocol of AWS has it: elements and text, whose attributes say nothing. Undefined for anything else,
 * declarations of types and entities among it.
 */
export function readXml(text: string): XmlElement | undefined {
  const open: { name: string; children: XmlElement[]; content: string }[] = [{ name: '', children: [], content: '' }];
  const piece = /<(?<end>\/?)(?<name>[\w:.-]+)(?:\s[^<>]*?)?(?<empty>\/?)>|(?<words>[^<]+)/gy;
  piece.lastIndex = /^\s*<\?xml[^<>]*\?>/.exec(text)?.[0].length ?? 0;
  while (piece.lastIndex < text.length) {
    const { end, name = '', empty, words } = piece.exec(text)?.groups ?? {};
    const within = open.at(-1);
    if (!within || (words === undefined && name === '')) return undefined;
    if (words !== undefined) {
      within.content += unescaped(words);
    } else if (end) {
      open.pop();
      if (within.name !== name) return undefined;
      open.at(-1)?.children.push(new XmlElement(name, within.children, within.content));
    } else if (empty) {
      within.children.push(new XmlElement(name, [], ''));
    } else {
      open.push({ name, children: [], content: '' });
    }
  }
  const [root, ...others] = open[0]?.children ?? [];
  return open.length === 1 && others.length === 0 ? root : undefined;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
