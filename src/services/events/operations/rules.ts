import type {
  DescribeRuleCommandInput,
  DescribeRuleCommandOutput,
  ListRulesCommandInput,
  ListRulesCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { anyResource, ruleAccess } from '../access.ts';
import { requireBus } from '../buses.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { describe, requireRule, rulesOf } from '../rules.ts';
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
  handler: (runtime, input, context) => {
    const bus = requireBus(runtime.ledger, context, input.EventBusName);
    const rules = rulesOf(runtime, context, bus).filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, next } = pageOf(`rules of ${bus}`, rules, ({ name }) => name, input);
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
  access: ({ Name, EventBusName }, context, runtime) =>
    ruleAccess('DescribeRule', context, { name: Name, bus: EventBusName }, runtime),
  handler: (runtime, { Name, EventBusName }, context) => {
    const shown = requireRule(runtime, context, Name, EventBusName);
    const CreatedBy = shown.kind === 'own' ? shown.rule.createdBy : context.account;
    return { ...describe(context, shown), CreatedBy };
  },
});
