import type { UntagResourceCommandInput, UntagResourceCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { textsOf } from '../../../core/unvalidated.ts';
import { batchOperation } from '../operation.ts';
import { retag } from '../retag.ts';
import { strings } from '../schemas/common.ts';
import { tagAccess } from '../tagged-resource.ts';
import { checkTagKey } from '../tags.ts';

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
