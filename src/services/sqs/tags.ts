import { allowedTagText, reservedTagText } from '../../core/tags.ts';
import type { Tags } from '../../store/index.ts';
import { invalid } from './refusals.ts';

const limits = { tags: 50, key: 128, value: 256 } as const;

/** Checks the tags of a queue in SQS's words. */
export function checkTags(tags: Tags): Tags {
  const entries = Object.entries(tags);
  if (entries.length > limits.tags) throw invalid(`Too many tags added for queue. Maximum of ${limits.tags}.`);
  for (const [key, value] of entries) {
    if (key === '' || [...key].length > limits.key || !allowedTagText.test(key)) {
      throw invalid(`Tag keys must be between 1 and ${limits.key} characters in length.`);
    }
    if (reservedTagText.test(key)) throw invalid('Tag keys must not begin with aws:.');
    if ([...value].length > limits.value || !allowedTagText.test(value)) {
      throw invalid(`Tag values must be between 0 and ${limits.value} characters in length.`);
    }
  }
  return tags;
}
