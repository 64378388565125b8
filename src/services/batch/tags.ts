import { allowedTagText, requestTagConditions as conditionsOf, reservedTagText } from '../../core/tags.ts';
import { textMapOf } from '../../core/unvalidated.ts';
import type { Tags } from '../../store/index.ts';
import { invalid } from './refusals.ts';

const longestKey = 128;
const longestValue = 256;

/** Checks tags that a user gives. Lengths count Unicode characters. */
export function checkTags(tags: Tags | undefined, limit: number): void {
  if (!tags) return;
  const entries = Object.entries(tags);
  checkTagCount(entries.length, limit);
  for (const [key, value] of entries) {
    checkTagKey(key);
    checkTagValue(key, value);
  }
}

/** Checks how many tags a resource ends up with; AWS's own tags do not count. */
export function checkTagCount(count: number, limit: number): void {
  if (count > limit) invalid(`A resource can have at most ${limit} tags, got ${count}.`);
}

/** Checks the key of a tag to be added or removed: AWS's own tags are out of reach. */
export function checkTagKey(key: string): void {
  if (key === '' || [...key].length > longestKey) invalid(`Tag keys must have 1 to ${longestKey} characters.`);
  if (reservedTagText.test(key)) invalid(`Tag keys that begin with aws: are reserved: ${key}`);
  if (!allowedTagText.test(key)) invalid(`Tag key has characters that are not allowed: ${key}`);
}

function checkTagValue(key: string, value: string): void {
  if ([...value].length > longestValue) invalid(`Value of tag ${key} has more than ${longestValue} characters.`);
  if (reservedTagText.test(value)) invalid(`Tag values that begin with aws: are reserved: ${value}`);
  if (!allowedTagText.test(value)) invalid(`Value of tag ${key} has characters that are not allowed.`);
}

/** The condition keys of a request that carries tags, which nobody has validated yet. */
export function requestTagConditions(tags: unknown): Record<string, string | readonly string[]> {
  return conditionsOf(Object.entries(textMapOf(tags) ?? {}));
}

/** The condition keys of a resource's own tags. */
export function resourceTagConditions(tags: Tags | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}
