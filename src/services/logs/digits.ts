import { createHash } from 'node:crypto';

/** `count` decimal digits that stand for `text`. */
export function digitsOf(text: string, count: number): string {
  const hash = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
  return (hash % 10n ** BigInt(count)).toString().padStart(count, '0');
}

export function padded(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
