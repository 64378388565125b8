import type {
  PutTargetsCommandInput,
  PutTargetsCommandOutput,
  RemoveTargetsCommandInput,
  RemoveTargetsCommandOutput,
  Target,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { ruleAccess } from '../access.ts';
import { eventsOperation } from '../operation.ts';
import { managedRule, notBuilt } from '../refusals.ts';
import { requireRule } from '../rules.ts';
import * as shapes from '../shapes.ts';

const members = { Rule: shapes.ruleName, EventBusName: shapes.eventBus.optional() };

/** Targets are looked at no further: there is no rule that could take them. */
const target = z.custom<Target>((value) => typeof value === 'object' && value !== null);
const putSchema = z.object({ ...members, Targets: z.array(target).min(1).max(100) });

/** Refuses to give a managed rule another target. */
export const putTargets = eventsOperation<PutTargetsCommandInput, PutTargetsCommandOutput>()<z.infer<typeof putSchema>>(
  {
    schema: putSchema,
    readOnly: false,
    audit: { kind: 'management', hide: ['Input', 'InputTransformer'] },
    access: ({ Rule, EventBusName }, context) => ruleAccess('PutTargets', context, Rule, EventBusName),
    handler: (runtime, { Rule, EventBusName }, context) =>
      managedRule(requireRule(runtime, context, Rule, EventBusName).name),
  },
);

const targetId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);
const removeSchema = z.object({
  ...members,
  Ids: z.array(targetId).min(1).max(100),
  Force: z.boolean().optional(),
});

/** Refuses to take a managed rule's target away; what AWS does with `Force` is not built. */
export const removeTargets = eventsOperation<RemoveTargetsCommandInput, RemoveTargetsCommandOutput>()<
  z.infer<typeof removeSchema>
>({
  schema: removeSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Rule, EventBusName }, context) => ruleAccess('RemoveTargets', context, Rule, EventBusName),
  handler: (runtime, { Rule, EventBusName, Force }, context) => {
    const { name } = requireRule(runtime, context, Rule, EventBusName);
    return Force ? notBuilt('RemoveTargets') : managedRule(name, true);
  },
});
