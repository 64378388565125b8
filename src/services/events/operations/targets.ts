import type {
  ListRuleNamesByTargetCommandInput,
  ListRuleNamesByTargetCommandOutput,
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { anyResource, ruleAccess } from '../access.ts';
import { requireDefaultBus } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { requireRule } from '../rules.ts';
import * as shapes from '../shapes.ts';

const targetsSchema = z.object({
  Rule: shapes.ruleName,
  EventBusName: shapes.eventBus.optional(),
  ...shapes.pageMembers,
});

export const listTargetsByRule = eventsOperation<ListTargetsByRuleCommandInput, ListTargetsByRuleCommandOutput>()<
  z.infer<typeof targetsSchema>
>({
  schema: targetsSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Rule, EventBusName }, context) => ruleAccess('ListTargetsByRule', context, Rule, EventBusName),
  handler: (runtime, input, context) => {
    const { targets } = requireRule(runtime, context, input.Rule, input.EventBusName);
    const { items, next } = pageOf(`targets of ${input.Rule}`, targets, ({ id }) => id, input);
    return { Targets: items.map(({ id, arn }) => ({ Id: id, Arn: arn })), ...next };
  },
});

const rulesSchema = z.object({
  TargetArn: shapes.arn,
  EventBusName: shapes.eventBus.optional(),
  ...shapes.pageMembers,
});

export const listRuleNamesByTarget = eventsOperation<
  ListRuleNamesByTargetCommandInput,
  ListRuleNamesByTargetCommandOutput
>()<z.infer<typeof rulesSchema>>({
  schema: rulesSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListRuleNamesByTarget'),
  handler: ({ managedRules }, input, context) => {
    requireDefaultBus(context, input.EventBusName);
    const rules = managedRules(context).filter(({ targets }) => targets.some(({ arn }) => arn === input.TargetArn));
    const { items, next } = pageOf('rule-names', rules, ({ name }) => name, input);
    return { RuleNames: items.map(({ name }) => name), ...next };
  },
});
