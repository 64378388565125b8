import type { UntagResourceCommandInput, UntagResourceCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { batchOperation } from '../operation.ts';
import { retag } from '../retag.ts';
import { strings } from '../schemas/common.ts';
import { tagAccess } from '../tagged-resource.ts';
import { checkTagKey } from '../tags.ts';

/** Takes tags from a resource; keys that it has not are no matter. */
export const untagResource = batchOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tagKeys: strings }),
  readOnly: false,
  access: ({ resourceArn, tagKeys }, context, runtime) =>
    tagAccess('UntagResource', runtime, context, resourceArn).map((request) => ({
      ...request,
      conditions: { ...request.conditions, 'aws:TagKeys': tagKeys },
    })),
  handler: async (runtime, { resourceArn, tagKeys }, context) => {
    for (const key of tagKeys) checkTagKey(key);
    const gone = new Set(tagKeys);
    await retag(runtime, context, resourceArn, (present) =>
      Object.fromEntries(Object.entries(present).filter(([key]) => !gone.has(key))),
    );
    return {};
  },
});
