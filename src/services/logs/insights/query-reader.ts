import { bounds } from './bounds.ts';
import { MalformedQuery, type Span } from './malformed-query.ts';
import type { Period } from './syntax.ts';

const space = /(?:\s+|#[^\n]*)*/uy;
const word = /[A-Za-z_][A-Za-z0-9_]*/uy;
const nameStart = /[@A-Za-z_][A-Za-z0-9_@]*/uy;
const nameStep = /\.(?:([@A-Za-z0-9_][A-Za-z0-9_@]*)|`([^`]+)`)|\[(\d{1,9})\]/uy;
const numeral = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?/uy;
const quotation = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/suy;
const regex = /\/((?:[^/\\\n]|\\.)+)\//uy;
const backticked = /`([^`]+)`/uy;
const period = /(\d{1,9})\s*([A-Za-z]+)/uy;

const second = 1_000;
const units: Readonly<Record<string, Period>> = {
  ...named(['ms', 'msec'], { milliseconds: 1 }),
  ...named(['s', 'sec'], { milliseconds: second }),
  ...named(['m', 'min'], { milliseconds: 60 * second }),
  ...named(['h', 'hr'], { milliseconds: 3_600 * second }),
  ...named(['d'], { milliseconds: 86_400 * second }),
  ...named(['w'], { milliseconds: 7 * 86_400 * second }),
  ...named(['mo', 'mon'], { months: 1 }),
  ...named(['q', 'qtr'], { months: 3 }),
  ...named(['y', 'yr'], { months: 12 }),
};

function named(names: readonly string[], unit: Period): Readonly<Record<string, Period>> {
  return Object.fromEntries(names.map((name) => [name, unit]));
}

/** A place in the text of a query, moved on as it is read. Comments count as space. */
export class QueryReader {
  readonly text: string;
  #at = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the next thing begins. */
  get at(): number {
    this.#exec(space);
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** From there to the end of what was read last. */
  since(start: number): Span {
    return { start, end: this.text.slice(start, this.#at).trimEnd().length + start };
  }

  /** Counts what a query is made of. */
  node<Node>(node: Node): Node {
    this.#nodes += 1;
    if (this.#nodes > bounds.nodes) throw this.refusal(`the query has more than ${bounds.nodes} operators and fields`);
    return node;
  }

  /** Reads something nested. */
  deeper<Result>(read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > bounds.depth) throw this.refusal('the query is nested too deeply');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** The next word, in lower case, without moving on. */
  peekWord(): string | undefined {
    const before = this.at;
    const found = this.#exec(word)?.[0].toLowerCase();
    this.#at = before;
    return found;
  }

  /** Reads one of some words, in whatever case. */
  word<Word extends string>(...words: readonly Word[]): Word | undefined {
    const next = this.peekWord();
    const found = words.find((each) => each === next);
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Reads any word. */
  anyWord(): string | undefined {
    const next = this.peekWord();
    if (next !== undefined) this.#at += next.length;
    return next;
  }

  /** Reads one of some signs; the first that stands there. */
  sign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    const { at } = this;
    const found = signs.find((each) => this.text.startsWith(each, at));
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  demand(sign: string): void {
    if (this.sign(sign) === undefined) throw this.unexpected();
  }

  /** Reads a function's name, if a parenthesis follows it, and that too. */
  callName(): string | undefined {
    const before = this.at;
    const name = this.#exec(word)?.[0];
    if (name !== undefined && this.sign('(') !== undefined) return name.toLowerCase();
    this.#at = before;
    return undefined;
  }

  /** Reads `a.b`, `@message`, `a[0].b` or a name in backticks. */
  name(): { readonly name: string; readonly path: readonly string[] } | undefined {
    const start = this.at;
    const quoted = this.#exec(backticked)?.[1];
    const first = quoted ?? this.#exec(nameStart)?.[0];
    if (first === undefined) return undefined;
    const path = [...first.split('.')];
    for (let step = this.#exec(nameStep); step; step = this.#exec(nameStep)) {
      path.push(...(step[1] ?? step[2] ?? step[3] ?? '').split('.'));
    }
    return { name: this.text.slice(start, this.#at).replaceAll('`', ''), path };
  }

  number(): number | undefined {
    this.#exec(space);
    const found = this.#exec(numeral)?.[0];
    return found === undefined ? undefined : Number(found);
  }

  quotation(): string | undefined {
    this.#exec(space);
    const match = this.#exec(quotation);
    return match && (match[1] ?? match[2] ?? '').replaceAll(/\\(["'\\])/g, '$1');
  }

  /** The source between two slashes. */
  regex(): string | undefined {
    this.#exec(space);
    return this.#exec(regex)?.[1]?.replaceAll('\\/', '/');
  }

  period(): Period {
    const { at } = this;
    const match = this.#exec(period);
    const unit = units[match?.[2]?.toLowerCase() ?? ''];
    const count = Number(match?.[1]);
    if (!unit || count === 0) {
      throw new MalformedQuery('a period such as 30s, 5m or 1h is expected', {
        start: at,
        end: Math.max(this.#at, at),
      });
    }
    return 'months' in unit ? { months: unit.months * count } : { milliseconds: unit.milliseconds * count };
  }

  /** What stands here cannot stand here. */
  unexpected(): MalformedQuery {
    const start = this.at;
    if (start >= this.text.length) return new MalformedQuery('unexpected end of query', { start, end: start });
    const symbol = /^(?:[@\w.]+|.)/su.exec(this.text.slice(start, start + 64))?.[0] ?? '';
    const lines = this.text.slice(0, start).split('\n');
    const place = `line ${lines.length} and position ${(lines.at(-1) ?? '').length}`;
    return new MalformedQuery(`unexpected symbol found ${symbol} at ${place}`, { start, end: start + symbol.length });
  }

  refusal(message: string, span: Span = { start: this.at, end: this.at }): MalformedQuery {
    return new MalformedQuery(message, span);
  }

  /** Reads on over what a sticky expression matches here. */
  #exec(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.text) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }
}
