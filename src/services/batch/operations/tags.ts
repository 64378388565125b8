import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import { parseArn } from '../../../core/arn.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import { batchOperation } from '../operation.ts';
import { checkImpossibleTag } from '../resources/impossible-jobs.ts';
import { stringMap, strings } from '../schema-members.ts';
import { checkTagCount, checkTagKey, checkTags, readTags, retag, tagAccess } from '../tags.ts';

/** Lists the tags of a compute environment, queue, definition or job. */
export const listTagsForResource = batchOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: ({ resourceArn }, context, runtime) => tagAccess('ListTagsForResource', runtime, context, resourceArn),
  handler: async (runtime, { resourceArn }, context) => ({ tags: await readTags(runtime, context, resourceArn) }),
});

/** Adds tags to a resource; those it has under the same key are overwritten, others stay. Spec 06 §5. */
export const tagResource = batchOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tags: stringMap }),
  readOnly: false,
  audit: 'management',
  access: (input, context, runtime) => tagAccess('TagResource', runtime, context, input.resourceArn, input.tags),
  handler: async (runtime, { resourceArn, tags }, context) => {
    const limit = runtime.quotas.tagsPerResource;
    checkTags(tags, limit);
    if (parseArn(resourceArn)?.resource.startsWith('job-queue/')) checkImpossibleTag(tags);
    await retag(runtime, context, resourceArn, (present) => {
      const merged = { ...present, ...tags };
      checkTagCount(Object.keys(merged).length, limit);
      return merged;
    });
    return {};
  },
});

/** Takes tags from a resource; keys that it has not are no matter. */
export const untagResource = batchOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tagKeys: strings }),
  readOnly: false,
  audit: 'management',
  access: async ({ resourceArn, tagKeys }, context, runtime) => {
    const requests = await tagAccess('UntagResource', runtime, context, resourceArn);
    const keys = { 'aws:TagKeys': textsOf(tagKeys) };
    return requests.map((request) => ({ ...request, conditions: { ...request.conditions, ...keys } }));
  },
  handler: async (runtime, { resourceArn, tagKeys }, context) => {
    for (const key of tagKeys) checkTagKey(key);
    const gone = new Set(tagKeys);
    await retag(runtime, context, resourceArn, (present) =>
      Object.fromEntries(Object.entries(present).filter(([key]) => !gone.has(key))),
    );
    return {};
  },
});
