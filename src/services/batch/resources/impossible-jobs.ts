import type { Tags } from '../../../store/index.ts';
import { demand } from '../refusals.ts';

/** Batchyard's own tag of a queue: whether what nothing of it could ever hold is to fail at once. */
const tag = 'batchyard:impossible';

/** Refuses a value that means nothing. */
export function checkImpossibleTag(tags: Tags | undefined): void {
  const value = tags?.[tag];
  demand(value === undefined || value === 'fail', `The tag ${tag} may be fail, got ${value}.`);
}

/** Without the tag such a job waits, as on AWS. */
export function failsImpossible({ tags }: { readonly tags: Tags }): boolean {
  return tags[tag] === 'fail';
}
