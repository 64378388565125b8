import type { z } from 'zod';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { invalidValue } from './refusals.ts';
import type { tagList } from './shapes.ts';

const most = 50;

/** Checks tags that a caller gives, and makes a map of them. */
export function readTags(given: z.infer<typeof tagList> = []): Tags {
  const tags = new Map<string, string>();
  for (const { Key: key, Value: value } of given) {
    if (reservedTagText.test(key)) throw invalidValue('Tag keys must not begin with aws:.');
    if (tags.has(key)) throw invalidValue(`The tag key ${key} is given more than once.`);
    if (!allowedTagText.test(key) || !allowedTagText.test(value)) {
      throw invalidValue(`The tag ${key} has characters that no tag may have.`);
    }
    tags.set(key, value);
  }
  return checkTagCount(Object.fromEntries(tags));
}

/** Refuses more tags than a resource can have. */
export function checkTagCount(tags: Tags): Tags {
  if (Object.keys(tags).length > most) throw invalidValue(`A resource has at most ${most} tags.`);
  return tags;
}
