/** A number as it was written: exact, however long. */
export interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros. */
  readonly whole: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

/** Reads `-12.50`; undefined for what is no integer or decimal. */
export function readDecimal(text: string): Decimal | undefined {
  const [, sign, before = '', after = ''] = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const whole = before.slice(leading(before));
  const fraction = after.slice(0, after.length - trailing(after));
  return { negative: sign === '-' && whole + fraction !== '', whole, fraction };
}

/** Below 0, 0 or above 0, as for sorting. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.negative !== other.negative) return one.negative ? -1 : 1;
  const sizes = one.whole.length - other.whole.length;
  const size = sizes !== 0 ? sizes : compareTexts(one.whole, other.whole) || compareTexts(one.fraction, other.fraction);
  return one.negative ? -size : size;
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function leading(digits: string): number {
  let count = 0;
  while (digits[count] === '0') count++;
  return count;
}

function trailing(digits: string): number {
  let count = 0;
  while (digits[digits.length - 1 - count] === '0') count++;
  return count;
}
