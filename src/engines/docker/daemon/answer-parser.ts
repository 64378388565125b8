/** Hears an answer as it comes. */
export interface AnswerTaker {
  /** Its status is known, and its content follows. */
  head(status: number): void;
  /** A piece of its content: `bytes` are the taker's for the time of this call. */
  content(bytes: Buffer): void;
  /** It is whole. */
  end(): void;
}

/** What came is no answer of HTTP. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
}

/** Of a head and of a line between chunks, in bytes. */
const longestHead = 64 * 1024;
const longestLine = 4 * 1024;

/** What comes next. `rest`: content to the connection's end. */
type Expected = 'head' | 'content' | 'rest' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'nothing';

/**
 * Reads one answer of HTTP/1.1 from what comes of a connection, in pieces of any size. Of its headers it knows those that say
 * where it ends; interim answers (1xx) are passed over.
 */
export class AnswerParser {
  readonly #taker: AnswerTaker;
  #expected: Expected = 'head';
  /** Of a head or line that has not come whole. */
  #begun = '';
  /** Bytes of content, or of its chunk, that are to come. */
  #left = 0;
  #isKept = false;

  constructor(taker: AnswerTaker) {
    this.#taker = taker;
  }

  /** It has come whole, and nothing after it; another may follow on the same connection. */
  get isKept(): boolean {
    return this.#expected === 'nothing' && this.#isKept;
  }

  /** Throws `BrokenAnswer`. */
  take(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at);
  }

  /** Nothing more comes. Answers whether the answer is whole. */
  close(): boolean {
    if (this.#expected === 'rest') this.#end();
    return this.#expected === 'nothing';
  }

  /** Answers up to where it has read. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#expected) {
      case 'head':
        return this.#untilMark(bytes, at, '\r\n\r\n', longestHead, (head) => this.#head(head));
      case 'content':
      case 'chunk':
        return this.#content(bytes, at);
      case 'rest':
        this.#taker.content(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case 'size':
        return this.#untilMark(bytes, at, '\r\n', longestLine, (line) => this.#size(line));
      case 'chunk-end':
        return this.#untilMark(bytes, at, '\r\n', longestLine, (line) => this.#chunkEnd(line));
      case 'trailer':
        return this.#untilMark(bytes, at, '\r\n', longestLine, (line) => this.#trailer(line));
      case 'nothing':
        this.#isKept = false;
        return bytes.length;
    }
  }

  #untilMark(bytes: Buffer, at: number, mark: string, longest: number, take: (text: string) => void): number {
    const before = this.#begun.length;
    const text = this.#begun + bytes.toString('latin1', at, Math.min(bytes.length, at + longest + mark.length));
    const end = text.indexOf(mark, Math.max(0, before - mark.length + 1));
    if (end < 0) {
      if (text.length > longest) throw new BrokenAnswer('an answer whose head has no end');
      this.#begun = text;
      return bytes.length;
    }
    this.#begun = '';
    take(text.slice(0, end));
    return at + end + mark.length - before;
  }

  #head(text: string): void {
    const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |\r|$)/.exec(text) ?? [];
    if (code === undefined) throw new BrokenAnswer('an answer that is none of HTTP');
    const status = Number(code);
    if (status === 101) throw new BrokenAnswer('an answer in another protocol than was asked for');
    if (status < 200) return;
    this.#isKept = minor === '1' && !closes.test(text);
    this.#taker.head(status);
    if (status === 204 || status === 304) this.#end();
    else this.#expectContent(text);
  }

  #expectContent(head: string): void {
    const length = lengthIn(head);
    if (chunked.test(head)) this.#expected = 'size';
    else if (length === undefined) this.#expected = 'rest';
    else this.#expectLength(length);
    // Whoever sent both may mean either.
    if (this.#expected === 'rest' || (this.#expected === 'size' && length !== undefined)) this.#isKept = false;
  }

  #expectLength(length: number): void {
    this.#left = length;
    if (length > 0) this.#expected = 'content';
    else this.#end();
  }

  #content(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.#taker.content(bytes.subarray(at, end));
    if (this.#left > 0) return end;
    if (this.#expected === 'chunk') this.#expected = 'chunk-end';
    else this.#end();
    return end;
  }

  #size(line: string): void {
    const digits = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (digits === undefined) throw new BrokenAnswer('an answer in chunks of no size');
    this.#left = Number.parseInt(digits, 16);
    this.#expected = this.#left > 0 ? 'chunk' : 'trailer';
  }

  #chunkEnd(line: string): void {
    if (line !== '') throw new BrokenAnswer('a chunk that is longer than it says');
    this.#expected = 'size';
  }

  #trailer(line: string): void {
    if (line === '') this.#end();
  }

  #end(): void {
    this.#expected = 'nothing';
    this.#taker.end();
  }
}

const closes = /\r\nconnection:[^\r]*\bclose\b/i;
const chunked = /\r\ntransfer-encoding:[^\r]*\bchunked\b/i;
const contentLengths = /\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*(?=\r|$)/gi;

/** Throws `BrokenAnswer` for one that is no number, and for two that differ: where the answer ends would be a guess. */
function lengthIn(head: string): number | undefined {
  const [said, ...others] = new Set(Array.from(head.matchAll(contentLengths), ([, value = '']) => value));
  if (said === undefined) return undefined;
  if (others.length > 0 || !/^\d{1,15}$/.test(said)) throw new BrokenAnswer('an answer that says no length of its own');
  return Number(said);
}
