import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { invalid, tooMany } from './refusals.ts';

const most = 50;

export const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(200);
export const tagKeys = z.array(z.string().min(1).max(128)).max(200);

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

/** Refuses more tags than a resource can have. */
export function checkTagCount(tags: Tags): Tags {
  return Object.keys(tags).length <= most ? tags : tooMany();
}

/** What has no tags of its own refuses them. */
export function noTagged(arn: string): never {
  throw new ServiceError('ResourceNotFoundException', `Resource ${arn} does not exist.`);
}
