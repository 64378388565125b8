import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { demand } from './refusals.ts';
import { queryList } from './shapes.ts';

const limits = { tags: 50, key: 128, value: 256 } as const;

/** Tags as the query protocol carries them. */
export const tagList = queryList(z.object({ Key: z.string(), Value: z.string() }));

/** Checks tags that a caller gives, and makes a map of them. */
export function readTags(given: readonly { readonly Key: string; readonly Value: string }[]): Tags {
  const tags = new Map<string, string>();
  for (const { Key: key, Value: value } of given) {
    checkTagKey(key);
    demand(!tags.has(key), 'Duplicated keys are not allowed.');
    demand(
      [...value].length <= limits.value && allowedTagText.test(value),
      `Tags Reason: value of tag ${key} is not valid`,
    );
    tags.set(key, value);
  }
  return checkTagCount(Object.fromEntries(tags));
}

export function checkTagKey(key: string): void {
  demand(
    key !== '' && [...key].length <= limits.key && allowedTagText.test(key),
    `Tags Reason: tag key ${key} is not valid`,
  );
  demand(!reservedTagText.test(key), 'Tags Reason: tag keys that begin with aws: are reserved');
}

/** Refuses more tags than a topic can have. */
export function checkTagCount(tags: Tags): Tags {
  if (Object.keys(tags).length <= limits.tags) return tags;
  throw new ServiceError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded');
}
