import type {
  DescribeRuleCommandInput,
  DescribeRuleCommandOutput,
  ListRulesCommandInput,
  ListRulesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { anyResource, ruleAccess } from '../access.ts';
import { busArn, requireDefaultBus, ruleArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { noRule } from '../refusals.ts';
import { describe, requireRule } from '../rules.ts';
import * as shapes from '../shapes.ts';

const listSchema = z.object({
  NamePrefix: shapes.ruleName.optional(),
  EventBusName: shapes.eventBus.optional(),
  ...shapes.pageMembers,
});

export const listRules = eventsOperation<ListRulesCommandInput, ListRulesCommandOutput>()<z.infer<typeof listSchema>>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListRules'),
  handler: ({ managedRules }, input, context) => {
    requireDefaultBus(context, input.EventBusName);
    const rules = managedRules(context).filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, next } = pageOf('rules', rules, ({ name }) => name, input);
    return { Rules: items.map((rule) => describe(context, rule)), ...next };
  },
});

const describeSchema = z.object({ Name: shapes.ruleName, EventBusName: shapes.eventBus.optional() });

export const describeRule = eventsOperation<DescribeRuleCommandInput, DescribeRuleCommandOutput>()<
  z.infer<typeof describeSchema>
>({
  schema: describeSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Name, EventBusName }, context) => ruleAccess('DescribeRule', context, Name, EventBusName),
  handler: (runtime, { Name, EventBusName }, context) => ({
    ...describe(context, requireRule(runtime, context, Name, EventBusName)),
    CreatedBy: context.account,
  }),
});

const tagsSchema = z.object({ ResourceARN: shapes.arn });

/** Neither the default bus nor managed rules have tags. */
export const listTagsForResource = eventsOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()<
  z.infer<typeof tagsSchema>
>({
  schema: tagsSchema,
  readOnly: true,
  audit: 'management',
  access: ({ ResourceARN }) => [{ action: 'events:ListTagsForResource', resource: textOf(ResourceARN) ?? '*' }],
  handler: ({ managedRules }, { ResourceARN }, context) => {
    const rules = managedRules(context).map(({ name }) => ruleArn(context, name));
    if (![busArn(context), ...rules].includes(ResourceARN)) noRule(ResourceARN.slice(ResourceARN.lastIndexOf('/') + 1));
    return { Tags: [] };
  },
});
