import { drawn } from '../../core/drawn.ts';

/**
 * The id of an instance (`i-` and 17 hexadecimal digits) by what is unique of its environment and its number there. So a decision names it at once, a
 * scheduler that is built anew names it alike, and a replay too.
 */
export function instanceIdOf(environment: string, order: number): string {
  const digits = (name: string, count: number) =>
    Math.floor(drawn(0, name, environment, order) * 16 ** count)
      .toString(16)
      .padStart(count, '0');
  return `i-${digits('high', 9)}${digits('low', 8)}`;
}
