import { ServiceError } from '../../core/errors.ts';
import type { Tags } from '../../store/index.ts';
import { demand, textOf } from './constraints.ts';
import { quotas } from './limits.ts';
import { invalidParameter } from './refusals.ts';

const letters = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
export const tagKeyRule = textOf(1, 128, `(${letters}+)`);
const tagValueRule = textOf(0, 256, `(${letters}*)`);

/** The tags that there are then. Throws AWS's errors for keys, values and their number. */
export function checkTags(present: Tags, added: Tags): Tags {
  demand(
    ...Object.entries(added).flatMap(([key, value]) => [tagKeyRule('tags', key), tagValueRule(`tags.${key}`, value)]),
  );
  if (Object.keys(added).some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter('Tag keys cannot begin with aws:, which is reserved for AWS use.');
  }
  const tags = { ...present, ...added };
  if (Object.keys(tags).length > quotas.tags) {
    throw new ServiceError('TooManyTagsException', `A resource can have no more than ${quotas.tags} tags.`);
  }
  return tags;
}
