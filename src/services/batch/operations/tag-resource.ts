import type { TagResourceCommandInput, TagResourceCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { batchOperation } from '../operation.ts';
import { retag } from '../retag.ts';
import { stringMap } from '../schemas/common.ts';
import { tagAccess } from '../tagged-resource.ts';
import { checkTagCount, checkTags } from '../tags.ts';

/** Adds tags to a resource; those it has under the same key are overwritten, others stay. Spec 06 §5. */
export const tagResource = batchOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tags: stringMap }),
  readOnly: false,
  audit: 'management',
  access: (input, context, runtime) => tagAccess('TagResource', runtime, context, input.resourceArn, input.tags),
  handler: async (runtime, { resourceArn, tags }, context) => {
    const limit = runtime.quotas.tagsPerResource;
    checkTags(tags, limit);
    await retag(runtime, context, resourceArn, (present) => {
      const merged = { ...present, ...tags };
      checkTagCount(Object.keys(merged).length, limit);
      return merged;
    });
    return {};
  },
});
