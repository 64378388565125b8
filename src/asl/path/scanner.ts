/** Text that is not a path, intrinsic function or filter; `message` says what was expected and where. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
}

/** How deep what is read may nest: far from the end of the stack. */
const deepest = 100;

/** Reads a text from left to right. */
export class Scanner {
  readonly text: string;
  position: number;
  #depth = 0;

  constructor(text: string, position = 0) {
    this.text = text;
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.text.length;
  }

  peek(): string {
    return this.text[this.position] ?? '';
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.position);
  }

  skipSpace(): void {
    while (/\s/.test(this.peek())) this.position += 1;
  }

  /** Takes `token` if it comes next, after spaces. */
  take(token: string): boolean {
    this.skipSpace();
    if (!this.startsWith(token)) return false;
    this.position += token.length;
    return true;
  }

  /** Reads what stands within something else. */
  within<Result>(read: () => Result): Result {
    if (this.#depth >= deepest) throw this.fault('nested too deeply');
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.fault(`expected '${token}'`);
  }

  /** Takes what the sticky expression `pattern` matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.position += found.length;
    return found;
  }

  /** A string in the quote that comes next. A backslash takes the next character as it is. */
  quoted(): string {
    return this.#inQuotes(() => true);
  }

  /** A quoted name: a backslash is a character like any other, but for one before the quote. */
  quotedName(): string {
    return this.#inQuotes((next, quote) => next === quote);
  }

  /** `isEscaped`: whether a backslash only says that the character after it is none of the syntax. */
  #inQuotes(isEscaped: (next: string | undefined, quote: string) => boolean): string {
    const quote = this.peek();
    if (quote !== "'" && quote !== '"') throw this.fault('expected a quoted string');
    let value = '';
    for (this.position += 1; !this.done; this.position += 1) {
      const character = this.peek();
      if (character === quote) {
        this.position += 1;
        return value;
      }
      if (character === '\\' && isEscaped(this.text[this.position + 1], quote)) this.position += 1;
      value += this.peek();
    }
    throw this.fault('the string is not closed');
  }

  fault(message: string): SyntaxFault {
    return new SyntaxFault(`${message} at character ${this.position + 1} of '${this.text}'`);
  }
}
