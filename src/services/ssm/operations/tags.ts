import type {
  AddTagsToResourceCommandInput,
  AddTagsToResourceCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { readSelection } from '../names.ts';
import { parameterRequest, ssmOperation } from '../operation.ts';
import { lookUpParameter } from '../parameters.ts';
import { type ParameterRecord, parameterRecords } from '../records.ts';
import { tagList, withTags } from '../tags.ts';

const resourceTypes = [
  'Document',
  'ManagedInstance',
  'MaintenanceWindow',
  'Parameter',
  'PatchBaseline',
  'OpsItem',
  'OpsMetadata',
  'Automation',
  'Association',
] as const;
const resource = { ResourceType: z.enum(resourceTypes), ResourceId: z.string() };

/** Of all that can be tagged on AWS there are parameters here. The words are those of the API reference. */
function tagged(
  ledger: Ledger,
  scope: Scope,
  { ResourceType, ResourceId }: { readonly ResourceType: string; readonly ResourceId: string },
): ParameterRecord {
  const selection = ResourceType === 'Parameter' ? readSelection(scope, ResourceId) : undefined;
  const found = selection && selection.selector === undefined ? lookUpParameter(ledger, scope, selection) : undefined;
  if (found) return found;
  throw new ServiceError(
    'InvalidResourceId',
    "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
  );
}

export const addTagsToResource = ssmOperation<AddTagsToResourceCommandInput, AddTagsToResourceCommandOutput>()({
  schema: z.object({ ...resource, Tags: tagList }),
  readOnly: false,
  audit: 'management',
  access: ({ ResourceId, Tags }, context) => [
    parameterRequest(context, 'AddTagsToResource', ResourceId, givenTagConditions(Tags)),
  ],
  handler: ({ ledger }, input, context) => {
    const parameter = tagged(ledger, context, input);
    const tags = withTags(parameter.tags, input.Tags);
    ledger.transact((transaction) => transaction.put(parameterRecords, { ...parameter, tags }));
    return {};
  },
});

export const removeTagsFromResource = ssmOperation<
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput
>()({
  schema: z.object({ ...resource, TagKeys: z.array(z.string().min(1).max(128)) }),
  readOnly: false,
  audit: 'management',
  access: ({ ResourceId, TagKeys }, context) => [
    parameterRequest(context, 'RemoveTagsFromResource', ResourceId, { 'aws:TagKeys': textsOf(TagKeys) }),
  ],
  handler: ({ ledger }, input, context) => {
    const parameter = tagged(ledger, context, input);
    const tags = Object.fromEntries(Object.entries(parameter.tags).filter(([key]) => !input.TagKeys.includes(key)));
    ledger.transact((transaction) => transaction.put(parameterRecords, { ...parameter, tags }));
    return {};
  },
});

export const listTagsForResource = ssmOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()({
  schema: z.object(resource),
  readOnly: true,
  audit: 'management',
  access: ({ ResourceId }, context) => [parameterRequest(context, 'ListTagsForResource', ResourceId)],
  handler: ({ ledger }, input, context) => ({
    TagList: Object.entries(tagged(ledger, context, input).tags).map(([Key, Value]) => ({ Key, Value })),
  }),
});
