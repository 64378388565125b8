import type {
  DeleteRuleCommandInput,
  DeleteRuleCommandOutput,
  DisableRuleCommandInput,
  DisableRuleCommandOutput,
  EnableRuleCommandInput,
  EnableRuleCommandOutput,
  PutRuleCommandInput,
  PutRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ruleAccess } from '../access.ts';
import type { EventsRuntime } from '../managed-rule.ts';
import { requireDefaultBus } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { hasTargets, managedRule, notBuilt } from '../refusals.ts';
import { requireRule } from '../rules.ts';
import * as shapes from '../shapes.ts';

/** There are no rules but managed ones in this version, so that every change is refused, if for different reasons. */
const schema = z.object({ Name: shapes.ruleName, EventBusName: shapes.eventBus.optional() });
type Input = z.infer<typeof schema>;

function isManaged({ managedRules }: EventsRuntime, scope: Scope, { Name }: Input): boolean {
  return managedRules(scope).some(({ name }) => name === Name);
}

/** Refuses to change managed rules, and to make any other. */
export const putRule = eventsOperation<PutRuleCommandInput, PutRuleCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context) => ruleAccess('PutRule', context, Name, EventBusName),
  handler: (runtime, input, context) =>
    isManaged(runtime, context, input) ? managedRule(input.Name) : notBuilt('PutRule'),
});

export const enableRule = eventsOperation<EnableRuleCommandInput, EnableRuleCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context) => ruleAccess('EnableRule', context, Name, EventBusName),
  handler: (runtime, { Name, EventBusName }, context) =>
    managedRule(requireRule(runtime, context, Name, EventBusName).name),
});

export const disableRule = eventsOperation<DisableRuleCommandInput, DisableRuleCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context) => ruleAccess('DisableRule', context, Name, EventBusName),
  handler: (runtime, { Name, EventBusName }, context) =>
    managedRule(requireRule(runtime, context, Name, EventBusName).name),
});

const deleteSchema = schema.extend({ Force: z.boolean().optional() });

/** A managed rule has targets, which keep it even from `Force`. To delete a rule that is not there is no error. */
export const deleteRule = eventsOperation<DeleteRuleCommandInput, DeleteRuleCommandOutput>()<
  z.infer<typeof deleteSchema>
>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context) => ruleAccess('DeleteRule', context, Name, EventBusName),
  handler: (runtime, input, context) => {
    requireDefaultBus(context, input.EventBusName);
    if (!isManaged(runtime, context, input)) return {};
    return input.Force ? hasTargets() : managedRule(input.Name, true);
  },
});
