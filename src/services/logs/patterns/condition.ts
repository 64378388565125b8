import { type Literal, longest } from './compiled-pattern.ts';
import type { PatternReader } from './reader.ts';

/** A condition, or several joined, on messages that have been taken apart. */
export interface Condition<Parts> {
  test(parts: Parts): boolean;
  readonly literal: Literal | undefined;
  steps(length: number): number;
}

/** Reads conditions joined by `&&`, which binds closer, and `||`, with parentheses. */
export function readConditions<Parts>(reader: PatternReader, one: () => Condition<Parts>): Condition<Parts> {
  const unit = (): Condition<Parts> => {
    if (reader.sign('(') === undefined) return one();
    const inner = readConditions(reader, one);
    reader.demand(')');
    return inner;
  };
  const joined = (sign: string, part: () => Condition<Parts>, join: typeof allOf<Parts>): Condition<Parts> => {
    const parts = [part()];
    while (reader.sign(sign) !== undefined) parts.push(part());
    return parts.length === 1 && parts[0] ? parts[0] : join(parts);
  };
  return joined('||', () => joined('&&', unit, allOf), anyOf);
}

export function allOf<Parts>(conditions: readonly Condition<Parts>[]): Condition<Parts> {
  return {
    test: (parts) => conditions.every((condition) => condition.test(parts)),
    literal: longest(conditions.map(({ literal }) => literal)),
    steps: (length) => sumOf(conditions, length),
  };
}

function anyOf<Parts>(conditions: readonly Condition<Parts>[]): Condition<Parts> {
  return {
    test: (parts) => conditions.some((condition) => condition.test(parts)),
    literal: undefined,
    steps: (length) => sumOf(conditions, length),
  };
}

function sumOf<Parts>(conditions: readonly Condition<Parts>[], length: number): number {
  return conditions.reduce((sum, condition) => sum + condition.steps(length), 0);
}
