import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { invalid } from './refusals.ts';

/** Tags as the API has them. */
export const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(1_000);

/** The tags that there are then. Throws AWS's errors for keys, values and their number. */
export function withTags(present: Tags, given: z.infer<typeof tagList>): Tags {
  for (const { Key, Value } of given) {
    if (!allowedTagText.test(Key)) throw invalid(`The tag key ${Key} is not valid.`);
    if (reservedTagText.test(Key)) throw invalid('Tag keys that begin with aws: are reserved for AWS use.');
    if (!allowedTagText.test(Value)) throw invalid(`The value of the tag ${Key} is not valid.`);
  }
  if (new Set(given.map(({ Key }) => Key)).size < given.length) throw invalid('Duplicated tag keys are not allowed.');
  const tags = { ...present, ...Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > quotas.tags) {
    const message = 'The Targets parameter includes too many tags. Remove one or more tags and try the command again.';
    throw new ServiceError('TooManyTagsError', message);
  }
  return tags;
}
