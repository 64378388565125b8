/** Where something stands in a text: the offsets of its first character and of the one after it. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A text as JSON: every value's place by its JSON pointer (that of the whole is empty), or the first thing that is no JSON. */
export type JsonReading =
  | { readonly kind: 'json'; readonly value: unknown; readonly places: ReadonlyMap<string, Place> }
  | { readonly kind: 'fault'; readonly at: number };

const deepest = 500;
const space = /[ \t\n\r]*/y;
const scalar =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

export function readJson(text: string): JsonReading {
  const scanner = new Scanner(text);
  try {
    scanner.whole();
  } catch (fault) {
    if (fault instanceof Fault) return { kind: 'fault', at: fault.at };
    throw fault;
  }
  return { kind: 'json', value: JSON.parse(text), places: scanner.places };
}

/** The place of what `pointer` names, or of the nearest thing around it that is there. */
export function placeOf(places: ReadonlyMap<string, Place>, pointer: string): Place | undefined {
  for (let path = pointer.replace(/\/$/, ''); ; path = path.slice(0, path.lastIndexOf('/'))) {
    const place = places.get(path);
    if (place || !path.includes('/')) return place;
  }
}

class Fault extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`no JSON at ${at}`);
    this.at = at;
  }
}

class Scanner {
  readonly places = new Map<string, Place>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): void {
    this.#value('', 0);
    if (this.#at < this.#text.length) throw new Fault(this.#at);
  }

  #value(pointer: string, depth: number): void {
    this.#skip(space);
    const from = this.#at;
    if (depth > deepest) throw new Fault(from);
    const first = this.#text[from];
    if (first === '{') this.#items('}', () => this.#member(pointer, depth));
    else if (first === '[') {
      let index = 0;
      this.#items(']', () => this.#value(`${pointer}/${index++}`, depth + 1));
    } else this.#scalar();
    this.places.set(pointer, { from, to: this.#at });
    this.#skip(space);
  }

  /** What stands between the bracket that is next and `end`, apart by commas. */
  #items(end: string, item: () => void): void {
    this.#at++;
    this.#skip(space);
    if (this.#take(end)) return;
    do {
      item();
    } while (this.#take(','));
    if (!this.#take(end)) throw new Fault(this.#at);
  }

  #member(pointer: string, depth: number): void {
    this.#skip(space);
    if (this.#text[this.#at] !== '"') throw new Fault(this.#at);
    const name: string = JSON.parse(this.#scalar());
    this.#skip(space);
    if (!this.#take(':')) throw new Fault(this.#at);
    this.#value(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
  }

  #scalar(): string {
    const from = this.#at;
    this.#skip(scalar);
    if (this.#at === from) throw new Fault(from);
    return this.#text.slice(from, this.#at);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
  }
}
