import type {
  PutTargetsCommandInput,
  PutTargetsCommandOutput,
  RemoveTargetsCommandInput,
  RemoveTargetsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { structuresOf, textOf } from '../../../core/unvalidated.ts';
import { passRole, ruleAccess } from '../access.ts';
import { ruleArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { managedRule, notBuilt, tooMany } from '../refusals.ts';
import { checkRole } from '../roles.ts';
import { putRuleRecord, requireOwnRule, requireRule } from '../rules.ts';
import * as shapes from '../shapes.ts';
import { mostTargets, readTarget, targetId, targetSchema } from '../targets/index.ts';

const members = { Rule: shapes.ruleName, EventBusName: shapes.eventBus.optional() };

const putSchema = z.object({ ...members, Targets: z.array(targetSchema).min(1).max(100) });

/** Gives a rule targets, or puts others in the place of those with the same ids. All of them, or none. */
export const putTargets = eventsOperation<PutTargetsCommandInput, PutTargetsCommandOutput>()<z.infer<typeof putSchema>>(
  {
    schema: putSchema,
    readOnly: false,
    audit: { kind: 'management', hide: ['Input', 'InputTransformer'] },
    access: ({ Rule, EventBusName, Targets }, context, runtime) => {
      const given = structuresOf(Targets);
      const targets = { 'events:TargetArn': given.flatMap(({ Arn }) => textOf(Arn) ?? []) };
      const [rule] = ruleAccess('PutTargets', context, { name: Rule, bus: EventBusName }, runtime);
      return [
        ...(rule ? [{ ...rule, conditions: { ...rule.conditions, ...targets } }] : []),
        ...given.flatMap(({ RoleArn }) => passRole(RoleArn, rule?.resource)),
      ];
    },
    handler: (runtime, { Rule, EventBusName, Targets }, context) => {
      const rule = requireOwnRule(runtime, context, Rule, EventBusName);
      const targets = new Map(rule.targets.map((target) => [target.id, target]));
      for (const given of Targets) targets.set(given.Id, readTarget(context, rule, given));
      const arn = ruleArn(context, rule.name, rule.bus);
      for (const { RoleArn } of Targets) if (RoleArn) checkRole(runtime, context, arn, RoleArn);
      if (targets.size > mostTargets) tooMany();
      const changed = { ...rule, targets: [...targets.values()] };
      runtime.ledger.transact((transaction) => putRuleRecord(runtime, transaction, changed));
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
  },
);

const removeSchema = z.object({
  ...members,
  Ids: z.array(targetId).min(1).max(100),
  Force: z.boolean().optional(),
});

/** Takes targets away; ids that the rule has not are failed entries. What AWS does with `Force` to a managed rule is not built. */
export const removeTargets = eventsOperation<RemoveTargetsCommandInput, RemoveTargetsCommandOutput>()<
  z.infer<typeof removeSchema>
>({
  schema: removeSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Rule, EventBusName }, context, runtime) =>
    ruleAccess('RemoveTargets', context, { name: Rule, bus: EventBusName }, runtime),
  handler: (runtime, { Rule, EventBusName, Ids, Force }, context) => {
    const found = requireRule(runtime, context, Rule, EventBusName);
    if (found.kind === 'managed') return Force ? notBuilt('RemoveTargets') : managedRule(Rule, true);
    const { rule } = found;
    const known = new Set(rule.targets.map(({ id }) => id));
    const targets = rule.targets.filter(({ id }) => !Ids.includes(id));
    if (targets.length < rule.targets.length) {
      runtime.ledger.transact((transaction) => putRuleRecord(runtime, transaction, { ...rule, targets }));
    }
    const FailedEntries = Ids.filter((id) => !known.has(id)).map((id) => ({
      TargetId: id,
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Rule ${Rule} does not have a target with the ID ${id}.`,
    }));
    return { FailedEntryCount: FailedEntries.length, FailedEntries };
  },
});
