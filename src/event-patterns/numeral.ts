/** A number of JSON whose text is not what JavaScript writes for it: `300.0`, `3.0e2`, an account's `012345678901234567890`. */
export class Numeral {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

export function isNumber(value: unknown): value is number | Numeral {
  return typeof value === 'number' || value instanceof Numeral;
}

export function numberValue(number: number | Numeral): number {
  return typeof number === 'number' ? number : number.value;
}

export function numberText(number: number | Numeral): string {
  return typeof number === 'number' ? String(number) : number.text;
}

/** Reads JSON, and keeps the text of numbers that would lose it. Throws `SyntaxError` as `JSON.parse` does. */
export function parseKeepingNumbers(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    return context.source === String(value) ? value : new Numeral(value, context.source);
  });
}
