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
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { present } from '../../../core/present.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { passRole, ruleAccess } from '../access.ts';
import { requireBus } from '../buses.ts';
import { parseEventPattern } from '../event-pattern.ts';
import { defaultBus, ruleArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { type EventRuleRecord, eventRuleRecords } from '../records.ts';
import { hasTargets, invalid, managedRule, notBuilt, tooMany } from '../refusals.ts';
import { checkRole } from '../roles.ts';
import { deleteRuleRecord, findRule, mostRules, putRuleRecord, requireOwnRule } from '../rules.ts';
import type { EventsRuntime } from '../runtime.ts';
import { parseSchedule } from '../schedules/index.ts';
import * as shapes from '../shapes.ts';
import { readTags, tagList } from '../tags.ts';

const members = { Name: shapes.ruleName, EventBusName: shapes.eventBus.optional() };

const putSchema = z.object({
  ...members,
  ScheduleExpression: z.string().max(256).optional(),
  EventPattern: z.string().max(4096).optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).optional(),
  Description: shapes.description.optional(),
  RoleArn: shapes.roleArn.optional(),
  Tags: tagList.optional(),
});
type Put = z.infer<typeof putSchema>;

/** Makes a rule, or gives one other settings: what is not given is then none, but for targets and tags. */
export const putRule = eventsOperation<PutRuleCommandInput, PutRuleCommandOutput>()<Put>({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName, RoleArn, Tags }, context, runtime) => {
    const [rule] = ruleAccess('PutRule', context, { name: Name, bus: EventBusName }, runtime);
    return [
      ...(rule ? [{ ...rule, conditions: { ...rule.conditions, ...givenTagConditions(Tags) } }] : []),
      ...passRole(RoleArn, rule?.resource),
    ];
  },
  handler: (runtime, input, context) => {
    const bus = requireBus(runtime.ledger, context, input.EventBusName);
    checkTriggers(input, bus);
    if (input.RoleArn) checkRole(runtime, context, ruleArn(context, input.Name, bus), input.RoleArn);
    const before = findRule(runtime, context, bus, input.Name);
    if (before?.kind === 'managed') managedRule(input.Name);
    if (!before && runtime.ledger.countBy(eventRuleRecords, context, 'bus', bus) >= mostRules) tooMany();
    const rule = ruleOf(runtime, context, { ...input, bus }, before?.kind === 'own' ? before.rule : undefined);
    runtime.ledger.transact((transaction) => putRuleRecord(runtime, transaction, rule));
    return { RuleArn: ruleArn(context, input.Name, bus) };
  },
});

/** What begins a rule: a pattern, a schedule, or both. */
function checkTriggers({ EventPattern, ScheduleExpression, State }: Put, bus: string): void {
  if (State === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') notBuilt(`PutRule with State ${State}`);
  if (!EventPattern && !ScheduleExpression) {
    invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (EventPattern) parseEventPattern(EventPattern);
  if (!ScheduleExpression) return;
  if (bus !== defaultBus) invalid('ScheduleExpression is supported only on the default event bus.');
  if (!parseSchedule(ScheduleExpression)) invalid('Parameter ScheduleExpression is not valid.');
}

function ruleOf(
  { clock }: EventsRuntime,
  scope: Scope,
  input: Put & { readonly bus: string },
  before: EventRuleRecord | undefined,
): EventRuleRecord {
  const { Name: name, bus, EventPattern, ScheduleExpression, State, Description, RoleArn, Tags } = input;
  return {
    ...scopeOf(scope),
    ...{ bus, name, isEnabled: State !== 'DISABLED' },
    ...present({
      description: Description,
      eventPattern: EventPattern || undefined,
      scheduleExpression: ScheduleExpression || undefined,
      roleArn: RoleArn,
    }),
    targets: before?.targets ?? [],
    // Tags of a rule that is there are changed by TagResource alone.
    tags: before?.tags ?? readTags(Tags),
    createdBy: before?.createdBy ?? scope.account,
    createdAt: before?.createdAt ?? clock.now(),
  };
}

const schema = z.object(members);
type Input = z.infer<typeof schema>;

function setEnabled(runtime: EventsRuntime, scope: Scope, { Name, EventBusName }: Input, isEnabled: boolean): object {
  const rule = requireOwnRule(runtime, scope, Name, EventBusName);
  if (rule.isEnabled === isEnabled) return {};
  runtime.ledger.transact((transaction) => putRuleRecord(runtime, transaction, { ...rule, isEnabled }));
  return {};
}

export const enableRule = eventsOperation<EnableRuleCommandInput, EnableRuleCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context, runtime) =>
    ruleAccess('EnableRule', context, { name: Name, bus: EventBusName }, runtime),
  handler: (runtime, input, context) => setEnabled(runtime, context, input, true),
});

export const disableRule = eventsOperation<DisableRuleCommandInput, DisableRuleCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context, runtime) =>
    ruleAccess('DisableRule', context, { name: Name, bus: EventBusName }, runtime),
  handler: (runtime, input, context) => setEnabled(runtime, context, input, false),
});

const deleteSchema = schema.extend({ Force: z.boolean().optional() });

/** A managed rule has targets, which keep it even from `Force`. To delete a rule that is not there is no error. */
export const deleteRule = eventsOperation<DeleteRuleCommandInput, DeleteRuleCommandOutput>()<
  z.infer<typeof deleteSchema>
>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, EventBusName }, context, runtime) =>
    ruleAccess('DeleteRule', context, { name: Name, bus: EventBusName }, runtime),
  handler: (runtime, input, context) => {
    const bus = requireBus(runtime.ledger, context, input.EventBusName);
    const found = findRule(runtime, context, bus, input.Name);
    if (!found) return {};
    if (found.kind === 'managed') return input.Force ? hasTargets() : managedRule(input.Name, true);
    if (found.rule.targets.length > 0) hasTargets();
    runtime.ledger.transact((transaction) => deleteRuleRecord(runtime, transaction, found.rule));
    return {};
  },
});
