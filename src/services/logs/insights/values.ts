/** A point in time, in epoch milliseconds: it counts as that number, and is shown as a date. */
export class Moment {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/** A map or a list of JSON. */
export type Structure = { readonly [name: string]: unknown } | readonly unknown[];

/** What a field may hold. What is not there, and JSON's null, is undefined. */
export type Value = string | number | boolean | Moment | Structure;

const numeral = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/;
/** A longer text is no number: to look whether it is one would cost each time. */
const longestNumeral = 64;

/** A value as a number: a text that reads as one counts, true is 1, false is 0. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Moment) return value.at;
  if (typeof value !== 'string' || value.length > longestNumeral || !numeral.test(value)) return undefined;
  return finite(Number(value));
}

/** Neither infinite nor no number at all. */
export function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/** A value as a result shows it. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value instanceof Moment ? momentText(value.at) : JSON.stringify(value);
}

function momentText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** What JSON holds, as a value. */
export function fromJson(json: unknown): Value | undefined {
  return json === null || json === undefined ? undefined : (json as Value);
}

export function isStructure(value: Value | undefined): value is Structure {
  return typeof value === 'object' && !(value instanceof Moment);
}

/** What a filter counts as true. */
export function isTrue(value: Value | undefined): boolean {
  return typeof value === 'boolean' ? value : value === 1;
}

/** Less than 0, 0 or more, as the left comes before the right; undefined where nothing can be said. */
export function compare(left: Value | undefined, right: Value | undefined): number | undefined {
  if (left === undefined || right === undefined || isStructure(left) || isStructure(right)) return undefined;
  if (typeof left === 'string' && typeof right === 'string' && left === right) return 0;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a - b;
  return orderOf(comparedText(left), comparedText(right));
}

/** Two texts are equal if they read the same; otherwise what counts as the same number is equal too. */
export function areEqual(left: Value, right: Value): boolean {
  return typeof left === 'string' && typeof right === 'string' ? left === right : compare(left, right) === 0;
}

/** Beside a text, a boolean is compared by its name. */
function comparedText(value: Value): string {
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

function orderOf(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * The order of `sort`, as AWS describes it: what is no number comes before numbers, and in texts runs of digits are compared by
 * their length first. What is not there comes before all.
 */
export function naturalOrder(left: Value | undefined, right: Value | undefined): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a - b;
  if (a !== undefined || b !== undefined) return a === undefined ? -1 : 1;
  return chunkOrder(textOf(left), textOf(right));
}

function chunkOrder(left: string, right: string): number {
  if (left === right) return 0;
  const [leftChunks, rightChunks] = [chunksOf(left), chunksOf(right)];
  for (let index = 0; index < Math.min(leftChunks.length, rightChunks.length); index += 1) {
    const [a = '', b = ''] = [leftChunks[index], rightChunks[index]];
    const byLength = isDigit(a) && isDigit(b) ? a.length - b.length : 0;
    const order = byLength || orderOf(a, b);
    if (order !== 0) return order;
  }
  return leftChunks.length - rightChunks.length;
}

/** Of a long text only the beginning is looked at. */
function chunksOf(text: string): readonly string[] {
  return text.slice(0, 1024).match(/[0-9]+|[^0-9]+/g) ?? [];
}

function isDigit(chunk: string): boolean {
  return chunk >= '0' && chunk < ':';
}
