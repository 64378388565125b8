import { firstIndex } from '../../core/first-index.ts';

/** Where something stands in a text; lines and columns are counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A piece of JSON that knows where it stands: `start` before its first character, `end` behind its last. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'text'; readonly value: string }
  /** Numbers and booleans, as they are written: a condition compares texts. */
  | { readonly kind: 'number' | 'boolean'; readonly value: string }
  | { readonly kind: 'null' }
);

export interface JsonMember {
  readonly name: string;
  readonly value: JsonNode;
}

/** Why a text is no JSON that a policy can be, and the offset at which that shows. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly at: number;

  constructor(at: number) {
    super(`no JSON at offset ${at}`);
    this.at = at;
  }
}

/** A policy nests 7 levels deep at most. */
const deepest = 16;

/** Reads JSON as strictly as a policy's must be: no name twice in an object. Throws `JsonFault`. Takes linear time. */
export function readJsonTree(text: string): JsonNode {
  const reader = new TreeReader(text);
  return reader.document();
}

/** Answers where offsets of a text stand. Each answer takes the time of a search by halves. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = firstIndex(starts.length, (index) => (starts[index] ?? 0) > offset);
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
}

class TreeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const node = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new JsonFault(this.#at);
    return node;
  }

  #value(depth: number): JsonNode {
    this.#skipSpace();
    const start = this.#at;
    if (depth > deepest) throw new JsonFault(start);
    switch (this.#text[start]) {
      case '{':
        return { kind: 'object', members: this.#members(depth), start, end: this.#at };
      case '[':
        return { kind: 'list', items: this.#items(depth), start, end: this.#at };
      case '"':
        return { kind: 'text', value: this.#string(), start, end: this.#at };
      default:
        return this.#scalar(start);
    }
  }

  #members(depth: number): JsonMember[] {
    const members: JsonMember[] = [];
    const names = new Set<string>();
    this.#between('}', () => {
      this.#skipSpace();
      const at = this.#at;
      const name = this.#string();
      if (names.has(name)) throw new JsonFault(at);
      names.add(name);
      this.#skipSpace();
      this.#take(':');
      members.push({ name, value: this.#value(depth + 1) });
    });
    return members;
  }

  #items(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.#between(']', () => items.push(this.#value(depth + 1)));
    return items;
  }

  /** What stands between brackets, divided by commas. */
  #between(close: string, each: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      each();
      this.#skipSpace();
      if (this.#text[this.#at] === close) break;
      this.#take(',');
    }
    this.#at++;
  }

  #string(): string {
    const start = this.#at;
    this.#take('"');
    let escaped = false;
    for (let code = this.#code(); code !== 0x22; code = this.#code()) {
      if (!(code >= 0x20)) throw new JsonFault(this.#at);
      if (code === 0x5c) {
        escaped = true;
        this.#at++;
      }
      this.#at++;
    }
    this.#at++;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw new JsonFault(start);
    }
  }

  /** NaN behind the end. */
  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #scalar(start: number): JsonNode {
    scalar.lastIndex = start;
    const [value] = scalar.exec(this.#text) ?? [];
    if (value === undefined) throw new JsonFault(start);
    this.#at = scalar.lastIndex;
    const place = { start, end: this.#at };
    if (value === 'null') return { kind: 'null', ...place };
    return { kind: value === 'true' || value === 'false' ? 'boolean' : 'number', value, ...place };
  }

  #take(character: string): void {
    if (this.#text[this.#at] !== character) throw new JsonFault(this.#at);
    this.#at++;
  }

  #skipSpace(): void {
    for (let code = this.#code(); code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b && code !== 0x0c); ) {
      this.#at++;
      code = this.#code();
    }
  }
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
