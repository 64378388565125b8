import { invalidParameter } from './refusals.ts';

/** One broken rule of one member, as AWS words it. */
export interface Violation {
  readonly member: string;
  readonly value: string;
  readonly constraint: string;
}

/** Checks a member's value; undefined values are left to the schema. */
export type Constraint<Value> = (member: string, value: Value | undefined) => readonly Violation[];

/** Throws AWS's `InvalidParameterException` naming every violation, if there is one. */
export function demand(...checked: readonly (readonly Violation[])[]): void {
  const violations = checked.flat();
  if (violations.length === 0) return;
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
  const texts = violations.map(
    ({ member, value, constraint }) => `Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
  throw invalidParameter(count + texts.join('; '));
}

/** A text of `least` to `most` characters that matches `pattern` as a whole. */
export function textOf(least: number, most: number, pattern?: string): Constraint<string> {
  const whole = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'us');
  return (member, value) => {
    if (value === undefined) return [];
    return [
      ...lengthViolations(member, value, value.length, least, most),
      ...(whole?.test(value) === false
        ? [{ member, value, constraint: `Member must satisfy regular expression pattern: ${pattern}` }]
        : []),
    ];
  };
}

/** A whole number from `least` to `most`. */
export function numberFrom(least: number, most = Number.POSITIVE_INFINITY): Constraint<number> {
  return (member, value) => {
    if (value === undefined || (value >= least && value <= most)) return [];
    const [side, bound] = value < least ? ['greater', least] : ['less', most];
    return [{ member, value: String(value), constraint: `Member must have value ${side} than or equal to ${bound}` }];
  };
}

/** One of a fixed set. */
export function oneOf<Value extends string | number>(values: readonly Value[]): Constraint<string | number> {
  return (member, value) => {
    if (value === undefined || (values as readonly (string | number)[]).includes(value)) return [];
    const constraint = `Member must satisfy enum value set: [${values.join(', ')}]`;
    return [{ member, value: String(value), constraint }];
  };
}

/** A list of `least` to `most` members, each of which satisfies `each`. */
export function listOf<Item>(
  least: number,
  most: number,
  each: Constraint<Item> = () => [],
): Constraint<readonly Item[]> {
  return (member, value) => {
    if (value === undefined) return [];
    // A rejected list may hold megabytes: its contents are no part of the message.
    const shown = value.length === 0 ? '[]' : `[${value.length} members]`;
    return [
      ...lengthViolations(member, shown, value.length, least, most),
      ...value.slice(0, most).flatMap((item, index) => each(`${member}.${index + 1}.member`, item)),
    ];
  };
}

function lengthViolations(member: string, value: string, length: number, least: number, most: number): Violation[] {
  if (length >= least && length <= most) return [];
  const [side, bound] = length < least ? ['greater', least] : ['less', most];
  return [{ member, value, constraint: `Member must have length ${side} than or equal to ${bound}` }];
}
