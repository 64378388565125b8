/** A place in a text, as Jackson counts: lines from 1, columns so that the first character of a line has 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text: Jackson's words, and how far it had read. */
export interface ScanFault {
  /** `where` writes out the place that the words are about. */
  readonly message: (where: (opened: Place) => string) => string;
  readonly at: Place;
  /** The text ends too early. */
  readonly isEnd: boolean;
}

/**
 * Finds what is wrong with a text that `JSON.parse` has refused, in the order and with the words of Jackson's parser of
 * characters. Takes time in proportion to the text.
 */
export function faultOf(text: string): ScanFault {
  try {
    new Scan(text).document();
  } catch (found) {
    if (found instanceof Found) return found.fault;
    throw found;
  }
  throw new Error('JSON.parse refused a text in which nothing is wrong');
}

class Found extends Error {
  readonly fault: ScanFault;

  constructor(fault: ScanFault) {
    super('found');
    this.fault = fault;
  }
}

type Scope = 'Object' | 'Array' | 'root';

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const identifierStart = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
const identifierPart = /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}]/u;
const longestToken = 256;
/** Within a text: all that needs no look. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: texts must not have them as they are.
const plain = /[^"\\\u0000-\u001f]*/y;

class Scan {
  readonly #text: string;
  /** Where the objects and arrays begin that are open, the innermost last: a hostile text has a million of them. */
  readonly #opened: number[] = [];
  /** Whether the innermost of them has an entry. */
  #hasEntries = false;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#root(this.#next());
    while (this.#opened.length > 0) this.#entry();
    const trailing = this.#next();
    if (trailing === '') return;
    // Jackson can be told to refuse what follows; that AWS does is not known, but JSON it is not.
    this.#root(trailing);
    const words = 'not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`';
    this.#fail(
      () => `Trailing token found after value (bound as \`com.fasterxml.jackson.databind.JsonNode\`): ${words}`,
    );
  }

  #root(first: string): void {
    if (first === ']' || first === '}') this.#mismatched(first, 'root');
    this.#value(first);
  }

  /** What follows in the innermost object or array: its end, or one more entry. */
  #entry(): void {
    const scope = this.#scope();
    let next = this.#next();
    if (next === '') this.#endIn(scope);
    if (next === ']' || next === '}') {
      if (next !== (scope === 'Object' ? '}' : ']')) this.#mismatched(next, scope);
      this.#opened.pop();
      this.#hasEntries = true;
      return;
    }
    if (this.#hasEntries) {
      if (next !== ',') this.#unexpected(next, `was expecting comma to separate ${scope} entries`);
      next = this.#next();
      if (next === '') this.#fail(() => `Unexpected end-of-input within/between ${scope} entries`);
    }
    if (scope === 'Object') next = this.#name(next);
    this.#hasEntries = true;
    this.#value(next);
  }

  #scope(): Scope {
    const opened = this.#opened.at(-1);
    if (opened === undefined) return 'root';
    return this.#text.charAt(opened) === '{' ? 'Object' : 'Array';
  }

  /** Where the innermost object or array begins: all line ends before it are white space. */
  #openedAt(): Place {
    const opened = this.#opened.at(-1);
    if (opened === undefined) return { line: 1, column: 0 };
    const lines = this.#text.slice(0, opened).split(/\r\n|\r|\n/);
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  }

  #endIn(scope: Scope): never {
    return this.#fail(
      (where) =>
        `Unexpected end-of-input: expected close marker for ${scope} (start marker at ${where(this.#openedAt())})`,
      true,
    );
  }

  #mismatched(mark: string, scope: Scope): never {
    const expected = mark === '}' ? ']' : '}';
    return this.#fail(
      (where) =>
        `Unexpected close marker '${mark}': expected '${expected}' (for ${scope} starting at ${where(this.#openedAt())})`,
    );
  }

  /** A name and its colon; answers what the value begins with. */
  #name(next: string): string {
    if (next !== '"') this.#unexpected(next, 'was expecting double-quote to start field name');
    this.#string('name', ' in field name');
    const colon = this.#next();
    if (colon === '') this.#fail(() => 'Unexpected end-of-input within/between Object entries', true);
    if (colon !== ':') this.#unexpected(colon, 'was expecting a colon to separate field name and value');
    const value = this.#next();
    if (value === '') this.#fail(() => 'Unexpected end-of-input within/between Object entries', true);
    return value;
  }

  #value(first: string): void {
    if (first === '"') this.#string('string value', ': was expecting closing quote for a string value');
    else if (first === '{' || first === '[') this.#open();
    else if (first === '-' || isDigit(first)) this.#number(first);
    else if (first === '') this.#fail(() => 'No content to map due to end-of-input', true);
    else if (first === '}') this.#unexpected(first, 'expected a value');
    else if (identifierStart.test(first)) this.#token(first);
    else this.#unexpected(first, `expected a valid value ${values}`);
  }

  #open(): void {
    this.#opened.push(this.#at - 1);
    this.#hasEntries = false;
  }

  #token(first: string): void {
    let token = first;
    while (identifierPart.test(this.#peek()) && token.length < longestToken) token += this.#take();
    if (token === 'true' || token === 'false' || token === 'null') return;
    if (token === 'NaN' || token === 'Infinity') {
      const feature = 'JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS';
      this.#fail(() => `Non-standard token '${token}': enable ${feature} to allow`);
    }
    const shown = token.length < longestToken ? token : `${token}...`;
    this.#fail(() => `Unrecognized token '${shown}': was expecting ${values}`);
  }

  #number(first: string): void {
    let digit = first;
    if (first === '-') {
      digit = this.#take();
      this.#digit(digit, 'expected digit (0-9) to follow minus sign, for valid numeric value');
    }
    if (digit === '0' && isDigit(this.#peek())) {
      this.#fail(() => 'Invalid numeric value: Leading zeroes not allowed');
    }
    this.#digits();
    if (this.#peek() === '.') {
      this.#take();
      this.#digit(this.#take(), 'Decimal point not followed by a digit');
      this.#digits();
    }
    if (this.#peek() === 'e' || this.#peek() === 'E') {
      this.#take();
      if (this.#peek() === '-' || this.#peek() === '+') this.#take();
      this.#digit(this.#take(), 'Exponent indicator not followed by a digit');
      this.#digits();
    }
    const behind = this.#peek();
    if (this.#opened.length > 0 || behind === '' || /\s/.test(behind)) return;
    this.#unexpected(this.#take(), 'Expected space separating root-level values');
  }

  #digit(found: string, problem: string): void {
    if (isDigit(found)) return;
    if (found === '') this.#fail(() => 'Unexpected end-of-input in a Number value', true);
    this.#fail(() => `Unexpected character (${describe(found)}) in numeric value: ${problem}`);
  }

  #digits(): void {
    while (isDigit(this.#peek())) this.#take();
  }

  /** The rest of a text behind its first quotation mark. */
  #string(what: string, end: string): void {
    for (;;) {
      plain.lastIndex = this.#at;
      this.#at += plain.exec(this.#text)?.[0].length ?? 0;
      const found = this.#take();
      if (found === '"') return;
      if (found === '') this.#fail(() => `Unexpected end-of-input${end}`, true);
      if (found === '\\') this.#escape();
      else {
        const words = `has to be escaped using backslash to be included in ${what}`;
        this.#fail(() => `Illegal unquoted character (${describe(found)}): ${words}`);
      }
    }
  }

  #escape(): void {
    const escaped = this.#take();
    if (escaped === '') this.#fail(() => 'Unexpected end-of-input in character escape sequence', true);
    if (escaped !== 'u') {
      if (!'"\\/bfnrt'.includes(escaped)) this.#fail(() => `Unrecognized character escape ${describe(escaped)}`);
      return;
    }
    for (let count = 0; count < 4; count += 1) {
      const digit = this.#take();
      if (digit === '') this.#fail(() => 'Unexpected end-of-input in character escape sequence', true);
      if (!/[0-9a-fA-F]/.test(digit)) this.#unexpected(digit, 'expected a hex-digit for character escape sequence');
    }
  }

  /** The next character that is no white space; empty at the end. */
  #next(): string {
    for (;;) {
      const found = this.#take();
      if (found === '\n' || found === '\r') {
        if (found === '\r' && this.#peek() === '\n') this.#at += 1;
        this.#line += 1;
        this.#lineStart = this.#at;
      } else if (found !== ' ' && found !== '\t') {
        if (found !== '' && found < ' ') {
          const words = 'only regular white space (\\r, \\n, \\t) is allowed between tokens';
          this.#fail(() => `Illegal character (${describe(found)}): ${words}`);
        }
        return found;
      }
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #take(): string {
    const found = this.#text.charAt(this.#at);
    if (found !== '') this.#at += 1;
    return found;
  }

  #place(): Place {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #unexpected(found: string, problem: string): never {
    return this.#fail(() => `Unexpected character (${describe(found)}): ${problem}`);
  }

  #fail(message: ScanFault['message'], isEnd = false): never {
    throw new Found({ message, at: this.#place(), isEnd });
  }
}

function isDigit(found: string): boolean {
  return found >= '0' && found <= '9' && found.length === 1;
}

/** `'}' (code 125)`, `(CTRL-CHAR, code 10)`, `'€' (code 8364 / 0x20ac)`. */
function describe(found: string): string {
  const code = found.charCodeAt(0);
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `(CTRL-CHAR, code ${code})`;
  return code > 255 ? `'${found}' (code ${code} / 0x${code.toString(16)})` : `'${found}' (code ${code})`;
}
