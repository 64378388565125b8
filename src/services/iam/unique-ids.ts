import { awsId } from '../../core/aws-id.ts';
import type { RandomSource } from '../../core/random.ts';

/** What AWS's unique ids begin with. */
export type IdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'AIPA' | 'ANPA' | 'AKIA';

/** A unique id as AWS has them: 21 characters, of access keys 20. */
export function newUniqueId(prefix: IdPrefix, random: RandomSource): string {
  return awsId(prefix, random.bytes(prefix === 'AKIA' ? 16 : 17));
}

/** The secret of an access key: 40 characters. */
export function newSecretAccessKey(random: RandomSource): string {
  return Buffer.from(random.bytes(30)).toString('base64');
}
