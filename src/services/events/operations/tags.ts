import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';

import type { Tags, Transaction } from '../../../store/index.ts';
import { arnAccess } from '../access.ts';
import { busRecord, requireBus } from '../buses.ts';
import { busPlace, rulePlace } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { eventBusRecords } from '../records.ts';
import { managedRule } from '../refusals.ts';
import { putRuleRecord, requireRule } from '../rules.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';
import { checkTagCount, noTagged, readTags, tagKeys, tagList } from '../tags.ts';

interface Tagged {
  readonly tags: Tags;
  put(transaction: Transaction, tags: Tags): void;
}

/** The bus or rule that an ARN names. */
function tagged(runtime: EventsRuntime, scope: Scope, arn: string): Tagged {
  if (busPlace(arn)) {
    const bus = busRecord(runtime.ledger, scope, requireBus(runtime.ledger, scope, arn));
    return { tags: bus.tags, put: (transaction, tags) => transaction.put(eventBusRecords, { ...bus, tags }) };
  }
  const place = rulePlace(scope, arn) ?? noTagged(arn);
  const found = requireRule(runtime, scope, place.name, place.bus);
  if (found.kind === 'managed') return { tags: {}, put: () => managedRule(place.name) };
  return {
    tags: found.rule.tags,
    put: (transaction, tags) => putRuleRecord(runtime, transaction, { ...found.rule, tags }),
  };
}

function tagAccess(action: string) {
  return (
    { ResourceARN, Tags }: { readonly ResourceARN?: unknown; readonly Tags?: unknown },
    context: Scope,
    runtime: EventsRuntime,
  ): readonly AccessRequest[] =>
    arnAccess(action, context, ResourceARN, runtime).map((each) => ({
      ...each,
      conditions: { ...each.conditions, ...givenTagConditions(Tags) },
    }));
}

const listSchema = z.object({ ResourceARN: shapes.arn });

export const listTagsForResource = eventsOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: tagAccess('ListTagsForResource'),
  handler: (runtime, { ResourceARN }, context) => {
    const { tags } = tagged(runtime, context, ResourceARN);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

const tagSchema = z.object({ ResourceARN: shapes.arn, Tags: tagList });

export const tagResource = eventsOperation<TagResourceCommandInput, TagResourceCommandOutput>()<
  z.infer<typeof tagSchema>
>({
  schema: tagSchema,
  readOnly: false,
  audit: 'management',
  access: tagAccess('TagResource'),
  handler: (runtime, { ResourceARN, Tags: given }, context) => {
    const found = tagged(runtime, context, ResourceARN);
    const tags = checkTagCount({ ...found.tags, ...readTags(given) });
    runtime.ledger.transact((transaction) => found.put(transaction, tags));
    return {};
  },
});

const untagSchema = z.object({ ResourceARN: shapes.arn, TagKeys: tagKeys });

export const untagResource = eventsOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()<
  z.infer<typeof untagSchema>
>({
  schema: untagSchema,
  readOnly: false,
  audit: 'management',
  access: tagAccess('UntagResource'),
  handler: (runtime, { ResourceARN, TagKeys: keys }, context) => {
    const found = tagged(runtime, context, ResourceARN);
    const tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !keys.includes(key)));
    runtime.ledger.transact((transaction) => found.put(transaction, tags));
    return {};
  },
});
