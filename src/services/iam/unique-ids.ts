import type { RandomSource } from '../../core/random.ts';

/** 32 characters: five bits of a byte choose one without bias. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What AWS's unique ids begin with. */
export type IdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'AIPA' | 'ANPA' | 'AKIA';

/** A unique id as AWS has them: 21 characters, of access keys 20. */
export function newUniqueId(prefix: IdPrefix, random: RandomSource): string {
  const drawn = Array.from(random.bytes(prefix === 'AKIA' ? 16 : 17), (byte) => letters.charAt(byte & 31));
  return `${prefix}${drawn.join('')}`;
}

/** The secret of an access key: 40 characters. */
export function newSecretAccessKey(random: RandomSource): string {
  return Buffer.from(random.bytes(30)).toString('base64');
}
