import type {
  ListRuleNamesByTargetCommandInput,
  ListRuleNamesByTargetCommandOutput,
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { anyResource, ruleAccess } from '../access.ts';
import { requireBus } from '../buses.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { requireRule, rulesOf } from '../rules.ts';
import * as shapes from '../shapes.ts';
import { targetDetail } from '../targets/index.ts';

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
  access: ({ Rule, EventBusName }, context, runtime) =>
    ruleAccess('ListTargetsByRule', context, { name: Rule, bus: EventBusName }, runtime),
  handler: (runtime, input, context) => {
    const { rule, bus } = requireRule(runtime, context, input.Rule, input.EventBusName);
    const { items, next } = pageOf(`targets of ${bus} ${input.Rule}`, rule.targets, ({ id }) => id, input);
    return { Targets: items.map(targetDetail), ...next };
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
  handler: (runtime, input, context) => {
    const bus = requireBus(runtime.ledger, context, input.EventBusName);
    const all = rulesOf(runtime, context, bus);
    const rules = all.filter(({ rule }) => rule.targets.some(({ arn }) => arn === input.TargetArn));
    const { items, next } = pageOf(`rule-names of ${bus}`, rules, ({ name }) => name, input);
    return { RuleNames: items.map(({ name }) => name), ...next };
  },
});
