import { formatArn, type Scope } from '../../core/arn.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import type { Tags } from '../../store/index.ts';
import { busRecord } from './buses.ts';
import { busArn, busNameIn, busPlace, ruleArn, rulePlace } from './names.ts';
import { ownRule } from './rules.ts';
import type { EventsRuntime } from './runtime.ts';

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `events:${action}`, resource: '*' }];
}

type Places = Pick<EventsRuntime, 'ledger'>;

/** Access to a rule of the bus that `bus` names, with its tags. The policy of the bus speaks of its rules, too. */
export function ruleAccess(
  action: string,
  scope: Scope,
  { name, bus }: { readonly name: unknown; readonly bus: unknown },
  { ledger }: Places,
): readonly AccessRequest[] {
  const [ruleName, busName] = [textOf(name) ?? '*', textOf(bus)];
  const place = busNameIn(scope, busName);
  const found = place === undefined ? undefined : ownRule(ledger, scope, place, ruleName);
  const policy = place === undefined ? undefined : busRecord(ledger, scope, place).policy;
  return [
    {
      ...{ action: `events:${action}`, resource: ruleArn(scope, ruleName, busName), ...tagged(found?.tags) },
      ...(policy !== undefined && { resourcePolicy: policy }),
    },
  ];
}

/** Access to a bus, with its tags. */
export function busAccess(action: string, scope: Scope, name: unknown, { ledger }: Places): readonly AccessRequest[] {
  const resource = busArn(scope, textOf(name));
  const place = busPlace(resource);
  const tags = place && busRecord(ledger, place, place.name).tags;
  return [{ action: `events:${action}`, resource, ...tagged(tags) }];
}

/** Access to a connection. The reference names it without the id that its ARN ends with. */
export function connectionAccess(action: string, scope: Scope, name: string): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: formatArn('events', scope, `connection/${name}`) }];
}

/** Access to an API destination, named in the same way. */
export function destinationAccess(action: string, scope: Scope, name: string): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: formatArn('events', scope, `api-destination/${name}`) }];
}

/** Access to the bus or rule of an ARN, with its tags. */
export function arnAccess(action: string, scope: Scope, arn: unknown, { ledger }: Places): readonly AccessRequest[] {
  const resource = textOf(arn) ?? '*';
  const [bus, rule] = [busPlace(resource), rulePlace(scope, resource)];
  const found = bus ? busRecord(ledger, bus, bus.name) : rule && ownRule(ledger, scope, rule.bus, rule.name);
  return [{ action: `events:${action}`, resource, ...tagged(found?.tags) }];
}

function tagged(tags: Tags = {}): Pick<AccessRequest, 'conditions'> {
  const entries = Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const);
  return entries.length === 0 ? {} : { conditions: Object.fromEntries(entries) };
}

/** Whether a role may be handed to EventBridge, for a rule; nothing to ask where none is. */
export function passRole(role: unknown, rule: string | undefined): readonly AccessRequest[] {
  const resource = textOf(role);
  if (resource === undefined) return [];
  const associated = rule === undefined ? {} : { 'iam:AssociatedResourceArn': rule };
  const conditions = { 'iam:PassedToService': 'events.amazonaws.com', ...associated };
  return [{ action: 'iam:PassRole', resource, conditions }];
}
