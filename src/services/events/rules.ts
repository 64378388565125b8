import { partitionOf, type Scope, scopeOf } from '../../core/arn.ts';
import { present } from '../../core/present.ts';
import type { Ledger, Transaction } from '../../store/index.ts';
import { eventArchiveRecords } from './archives/index.ts';
import { requireBus } from './buses.ts';
import type { ManagedRule } from './managed-rule.ts';
import { defaultBus, ruleArn } from './names.ts';
import { type EventRuleRecord, eventRuleRecords, ruleKey } from './records.ts';
import { managedRule, noRule } from './refusals.ts';
import type { EventsRuntime } from './runtime.ts';

/** AWS's own limit for a bus. */
export const mostRules = 300;

/** The rule that AWS keeps on the bus of each archive: it shows what the archive takes, and that replays are not archived. */
function archiveRules({ ledger }: EventsRuntime, scope: Scope, bus: string): readonly ManagedRule[] {
  return [...ledger.by(eventArchiveRecords, scopeOf(scope), 'bus', { value: bus })].map((archive) => {
    const given = JSON.parse(archive.eventPattern ?? '{}') as object;
    const arn = `arn:${partitionOf(scope.region)}:events:${scope.region}:::`;
    return {
      ...{ name: `Events-Archive-${archive.name}`, description: 'This rule is used to route events to an archive.' },
      eventPattern: JSON.stringify({ ...given, 'replay-name': [{ exists: false }] }),
      ...{ managedBy: 'prod.vhs.events.aws.internal', targets: [{ id: `Events-Archive-${archive.name}`, arn }] },
    };
  });
}

function managedOn(runtime: EventsRuntime, scope: Scope, bus: string): readonly ManagedRule[] {
  const ofServices = bus === defaultBus ? runtime.managedRules(scope) : [];
  return [...ofServices, ...archiveRules(runtime, scope, bus)];
}

/** A rule as lists and descriptions tell of it, whoever keeps it. */
export type ShownRule =
  | { readonly kind: 'managed'; readonly name: string; readonly bus: string; readonly rule: ManagedRule }
  | { readonly kind: 'own'; readonly name: string; readonly bus: string; readonly rule: EventRuleRecord };

/** The rules of a bus. */
export function rulesOf(runtime: EventsRuntime, scope: Scope, bus: string): readonly ShownRule[] {
  const own = [...runtime.ledger.by(eventRuleRecords, scope, 'bus', { value: bus })];
  const managed = managedOn(runtime, scope, bus);
  return [
    ...managed.map((rule) => ({ kind: 'managed', name: rule.name, bus, rule }) as const),
    ...own.map((rule) => ({ kind: 'own', name: rule.name, bus, rule }) as const),
  ];
}

/** The rule of that name. Throws `ResourceNotFoundException` if bus or rule is not there. */
export function requireRule(
  runtime: EventsRuntime,
  scope: Scope,
  name: string,
  busName: string | undefined,
): ShownRule {
  const bus = requireBus(runtime.ledger, scope, busName);
  return findRule(runtime, scope, bus, name) ?? noRule(name, bus);
}

export function findRule(runtime: EventsRuntime, scope: Scope, bus: string, name: string): ShownRule | undefined {
  const rule = ownRule(runtime.ledger, scope, bus, name);
  if (rule) return { kind: 'own', name, bus, rule };
  const managed = managedOn(runtime, scope, bus).find((each) => each.name === name);
  return managed && { kind: 'managed', name, bus, rule: managed };
}

/** A rule that somebody made; undefined if there is none. */
export function ownRule(ledger: Ledger, scope: Scope, bus: string, name: string): EventRuleRecord | undefined {
  return ledger.get(eventRuleRecords, scope, ruleKey({ bus, name }));
}

/** A rule that can be changed. Throws `ManagedRuleException` for another service's. */
export function requireOwnRule(
  runtime: EventsRuntime,
  scope: Scope,
  name: string,
  busName: string | undefined,
): EventRuleRecord {
  const found = requireRule(runtime, scope, name, busName);
  return found.kind === 'own' ? found.rule : managedRule(name);
}

/** Stores a rule; events and schedules follow it from then on. */
export function putRuleRecord(runtime: EventsRuntime, transaction: Transaction, rule: EventRuleRecord): void {
  const { ledger, index, schedules } = runtime;
  const before = ownRule(ledger, rule, rule.bus, rule.name);
  transaction.put(eventRuleRecords, rule);
  schedules.follow(transaction, before, rule);
  transaction.onAccepted(() => index.changed(rule, rule.bus));
}

export function deleteRuleRecord(runtime: EventsRuntime, transaction: Transaction, rule: EventRuleRecord): void {
  transaction.delete(eventRuleRecords, rule, ruleKey(rule));
  runtime.schedules.follow(transaction, rule, undefined);
  transaction.onAccepted(() => runtime.index.changed(rule, rule.bus));
}

/** A rule as it is answered. */
export function describe(scope: Scope, shown: ShownRule) {
  const { name, bus } = shown;
  const common = { Name: name, Arn: ruleArn(scope, name, bus) };
  if (shown.kind === 'managed') {
    const { eventPattern, description, managedBy } = shown.rule;
    const members = { EventPattern: eventPattern, State: 'ENABLED', Description: description } as const;
    return { ...common, ...members, ManagedBy: managedBy, EventBusName: bus };
  }
  const { eventPattern, scheduleExpression, isEnabled, description, roleArn } = shown.rule;
  return {
    ...common,
    ...present({ EventPattern: eventPattern, ScheduleExpression: scheduleExpression }),
    State: isEnabled ? ('ENABLED' as const) : ('DISABLED' as const),
    ...present({ Description: description, RoleArn: roleArn }),
    EventBusName: bus,
  };
}
