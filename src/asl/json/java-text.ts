import type { Json } from './json.ts';

/** The text gets longer than it may. */
export class TextTooLong extends Error {
  override readonly name = 'TextTooLong';
}

/**
 * A value as Java's `toString` writes it, `{a=1, b=[x, null]}`: what AWS puts in texts where a value stands for a string.
 * Texts stand as they are, without quotes. Throws `TextTooLong` above `most` characters.
 */
export function javaText(value: Json, most: number): string {
  const writer = new Writer(most);
  writer.write(value);
  return writer.text;
}

/** The first `most` characters of that, for messages. */
export function javaTextStart(value: Json, most: number): string {
  const writer = new Writer(most);
  try {
    writer.write(value);
  } catch (fault) {
    if (!(fault instanceof TextTooLong)) throw fault;
  }
  return writer.text.slice(0, most);
}

class Writer {
  text = '';
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  write(value: Json): void {
    if (typeof value === 'number') this.#add(javaNumber(value));
    else if (typeof value !== 'object' || value === null) this.#add(String(value));
    else if (Array.isArray(value)) this.#list('[', ']', value, (item) => this.write(item));
    else this.#list('{', '}', Object.entries(value), (entry) => this.#member(entry));
  }

  #member([name, value]: readonly [string, Json]): void {
    this.#add(`${name}=`);
    this.write(value);
  }

  #list<Item>(open: string, close: string, items: readonly Item[], write: (item: Item) => void): void {
    this.#add(open);
    for (const [i, item] of items.entries()) {
      if (i > 0) this.#add(', ');
      write(item);
    }
    this.#add(close);
  }

  #add(text: string): void {
    this.text += text;
    if (this.text.length > this.#most) throw new TextTooLong(`the text is longer than ${this.#most} characters`);
  }
}

/** Integers in digits up to 10^21, all else as `Double.toString` does. */
function javaNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : javaDouble(value);
}

/**
 * Java's `Double.toString`: plain from 10^-3 to below 10^7, else one digit, the others, and `E`; always a digit behind the
 * point.
 */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${withPoint(digits)}E${Number(exponent)}`;
  }
  return withPoint(String(value));
}

function withPoint(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`;
}
