import { z } from 'zod';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { invalidParameter, limitExceeded } from './refusals.ts';

/** Tags as the API has them. */
export const tagList = z.array(
  z.object({ Key: z.string().min(1).max(128).optional(), Value: z.string().max(256).optional() }),
);

type Given = z.infer<typeof tagList>;

/** The tags that there are then. Throws AWS's errors for keys, values and their number. */
export function withTags(present: Tags, given: Given): Tags {
  const added = given.map(({ Key = '', Value = '' }) => [checkTagKey(Key), checkTagValue(Key, Value)] as const);
  if (new Set(added.map(([key]) => key)).size < added.length) {
    throw invalidParameter('Duplicated tag keys are not allowed.');
  }
  const tags = { ...present, ...Object.fromEntries(added) };
  if (Object.keys(tags).length > quotas.tags) throw limitExceeded(`more than ${quotas.tags} tags`);
  return tags;
}

function checkTagKey(key: string): string {
  if (key === '' || !allowedTagText.test(key)) throw invalidParameter(`The tag key ${key} is not valid.`);
  if (reservedTagText.test(key)) throw invalidParameter('Tag keys that begin with aws: are reserved for AWS use.');
  return key;
}

function checkTagValue(key: string, value: string): string {
  if (!allowedTagText.test(value)) throw invalidParameter(`The value of the tag ${key} is not valid.`);
  return value;
}

/** Tags as an answer has them; absent where there are none. */
export function shownTags(tags: Tags): { readonly Tags?: { Key: string; Value: string }[] } {
  const shown = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return shown.length === 0 ? {} : { Tags: shown };
}
