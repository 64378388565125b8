import type { z } from 'zod';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { invalid } from './refusals.ts';
import type { tagList } from './shapes.ts';

/** Checks tags that a caller gives, and makes a map of them. */
export function readTags(given: z.infer<typeof tagList> = []): Tags {
  const tags = new Map<string, string>();
  for (const { Key: key, Value: value } of given) {
    if (reservedTagText.test(key)) invalid('System tags cannot be added/updated by requester');
    if (tags.has(key)) invalid(`Duplicate tag key found: ${key}`);
    if (!allowedTagText.test(key) || !allowedTagText.test(value))
      invalid(`The tag ${key} has characters that no tag may have.`);
    tags.set(key, value);
  }
  return checkTagCount(Object.fromEntries(tags));
}

/** Refuses more tags than a group can have. */
export function checkTagCount(tags: Tags): Tags {
  return Object.keys(tags).length <= quotas.tags ? tags : invalid(`A group has ${quotas.tags} tags at most.`);
}

/** Whether somebody gives tags, of what nobody has validated. */
export function tagsIn(given: unknown): boolean {
  return Array.isArray(given) && given.length > 0;
}
