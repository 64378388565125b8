import { scopeOf } from '../../core/arn.ts';
import { derivedUuid } from '../../core/derived-uuid.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { type BusEvent, eventText, ReadOnce } from './matching/index.ts';
import { ruleArn } from './names.ts';
import type { EventRuleRecord } from './records.ts';

/** The event of a slot of a rule's schedule: the same whenever it is made. */
export function scheduledEvent(
  installationId: string,
  rule: EventRuleRecord,
  slot: EpochMilliseconds,
): { readonly event: BusEvent; readonly read: ReadOnce } {
  const arn = ruleArn(rule, rule.name, rule.bus);
  const event: BusEvent = {
    ...scopeOf(rule),
    id: derivedUuid(installationId, arn, slot),
    ...{ bus: rule.bus, source: 'aws.events', detailType: 'Scheduled Event', time: slot, resources: [arn] },
    ...{ detail: '{}', depth: 0 },
  };
  return { event, read: new ReadOnce(eventText(event)) };
}
