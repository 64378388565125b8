import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { invalidInput, limitExceeded } from './refusals.ts';

type Given = readonly { readonly Key: string; readonly Value: string }[];

/** The tags that there are then. Keys are the same whatever their case, and keep the one that was given last. */
export function withTags(present: Tags, given: Given): Tags {
  for (const { Key, Value } of given) checkTag(Key, Value);
  const keys = new Set(given.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < given.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const kept = Object.entries(present).filter(([key]) => !keys.has(key.toLowerCase()));
  const tags = [...kept, ...given.map(({ Key, Value }) => [Key, Value] as const)];
  if (tags.length > quotas.tags)
    throw limitExceeded(`The number of tags has reached the maximum limit: ${quotas.tags}`);
  return Object.fromEntries(tags);
}

export function withoutTags(present: Tags, given: readonly string[]): Tags {
  const keys = new Set(given.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(present).filter(([key]) => !keys.has(key.toLowerCase())));
}

function checkTag(key: string, value: string): void {
  if (reservedTagText.test(key)) throw invalidInput('Tag keys that begin with aws: are reserved for AWS use.');
  if (!allowedTagText.test(key)) throw invalidInput(`The tag key ${key} is not valid.`);
  if (!allowedTagText.test(value)) throw invalidInput(`The value of the tag ${key} is not valid.`);
}

export interface ShownTag {
  readonly Key: string;
  readonly Value: string;
}

/** In the order of their keys. */
export function tagList(tags: Tags): readonly ShownTag[] {
  return Object.entries(tags)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}

/** As answers have them that tell of one thing: absent where there are none. */
export function shownTags(tags: Tags): { readonly Tags?: readonly ShownTag[] } {
  const shown = tagList(tags);
  return shown.length === 0 ? {} : { Tags: shown };
}
