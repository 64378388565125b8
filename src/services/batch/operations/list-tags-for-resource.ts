import type { ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { batchOperation } from '../operation.ts';
import { readTags, tagAccess } from '../tagged-resource.ts';

/** Lists the tags of a compute environment, queue, definition or job. */
export const listTagsForResource = batchOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: ({ resourceArn }, context, runtime) => tagAccess('ListTagsForResource', runtime, context, resourceArn),
  handler: async (runtime, { resourceArn }, context) => ({ tags: await readTags(runtime, context, resourceArn) }),
});
