import { z } from 'zod';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { refuse } from './refusals.ts';

export const tagList = z
  .array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256).optional() }))
  .max(200);

/** Checks tags that a caller gives, and makes a map of them. */
export function readTags(given: z.infer<typeof tagList> = []): Tags {
  const tags = new Map<string, string>();
  for (const { Key: key, Value: value = '' } of given) {
    if (tags.has(key)) invalid(`The tag key ${key} is there twice.`);
    if (reservedTagText.test(key) || !allowedTagText.test(key) || !allowedTagText.test(value))
      invalid(`The tag ${key} is reserved, or has characters that no tag may have.`);
    tags.set(key, value);
  }
  return checkCount(Object.fromEntries(tags));
}

export function checkCount(tags: Tags): Tags {
  if (Object.keys(tags).length <= 50) return tags;
  return refuse('TagsLimitExceededException', 'A trail may have 50 tags.');
}

function invalid(message: string): never {
  return refuse('InvalidTagParameterException', message);
}
