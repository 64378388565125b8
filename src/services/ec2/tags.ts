import type { Tag } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import { reservedTagText } from '../../core/tags.ts';
import type { Ledger, Tags, Transaction } from '../../store/index.ts';
import { limits } from './limits.ts';
import type { ResourceKind } from './names.ts';
import { resourceTagsRecords } from './records.ts';
import { demand, refusal, required } from './refusals.ts';
import type { TagSpecifications } from './shapes.ts';

export function tagsOf(ledger: Ledger, scope: Scope, id: string): Tags {
  return ledger.get(resourceTagsRecords, scope, id)?.tags ?? {};
}

/** Tags as the API shows them. */
export function tagSet(ledger: Ledger, scope: Scope, id: string): Tag[] {
  return Object.entries(tagsOf(ledger, scope, id)).map(([Key, Value]) => ({ Key, Value }));
}

/** The tags that a request gives to the one resource that it makes. Throws for those of another kind. */
export function specifiedTags(specifications: TagSpecifications | undefined, kind: ResourceKind): Tags {
  const given = (specifications ?? []).flatMap(({ ResourceType, Tags = [] }) => {
    demand(ResourceType === kind, `'${ResourceType}' is not a valid taggable resource type for this operation.`);
    return Tags;
  });
  return readTags(given);
}

/** Checks tags that a caller gives, and makes a map of them. */
export function readTags(
  given: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Tags {
  const tags = new Map<string, string>();
  for (const { Key, Value = '' } of given) {
    const key = required(Key, 'Tag.Key');
    demand([...key].length <= 127, `Tag key exceeds the maximum length of 127 characters: '${key}'`);
    demand([...Value].length <= 255, `Tag value exceeds the maximum length of 255 characters: '${Value}'`);
    demand(!reservedTagText.test(key), `Tag keys starting with 'aws:' are reserved for internal use`);
    demand(!tags.has(key), `Duplicate tag key '${key}' specified.`);
    tags.set(key, Value);
  }
  return Object.fromEntries(tags);
}

/** Makes `tags` the tags of a resource. */
export function putTags(transaction: Transaction, { account, region }: Scope, id: string, tags: Tags): void {
  const count = Object.keys(tags).length;
  if (count > limits.tagsPerResource)
    throw refusal('TagLimitExceeded', `More than ${limits.tagsPerResource} tags specified`);
  if (count > 0) transaction.put(resourceTagsRecords, { account, region, id, tags });
  else transaction.delete(resourceTagsRecords, { account, region }, id);
}
