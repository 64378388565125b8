import { demand } from '../refusals.ts';
import type { GivenFilters } from '../schemas/consumable-resource.ts';

/**
 * Reads filters of which each name may be given once, with any number of values of which one must match. Answers the values by name.
 * The words: as of ListJobs (boto/boto3 issue 3978).
 */
export function readFilters<Name extends string>(
  given: GivenFilters,
  names: readonly Name[],
): { readonly [Given in Name]?: readonly string[] } {
  const found: { [Given in Name]?: readonly string[] } = {};
  for (const { name: text = '', values = [] } of given ?? []) {
    const name = names.find((one) => one === text);
    demand(name, `Filter name is not valid: ${text}. Valid names: [${names.join(', ')}]`);
    demand(found[name] === undefined, `Filter ${name} can only be specified once.`);
    demand(values.length > 0, `Filter ${name} must have a value.`);
    found[name] = values;
  }
  return found;
}

/** Whether a text is one of the patterns, whatever its case: a `*` at the end of a pattern matches any rest. Absent: it is. */
export function matchesAny(patterns: readonly string[] | undefined): (text: string) => boolean {
  const tests = patterns?.map((pattern) => {
    const lower = pattern.toLowerCase();
    if (!lower.endsWith('*')) return (text: string) => text === lower;
    const prefix = lower.slice(0, -1);
    return (text: string) => text.startsWith(prefix);
  });
  return (text) => tests?.some((test) => test(text.toLowerCase())) ?? true;
}
