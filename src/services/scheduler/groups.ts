import { type Scope, scopeOf } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { defaultGroup } from './names.ts';
import {
  type ScheduleGroupRecord,
  type ScheduleRecord,
  scheduleGroupRecords,
  scheduleKey,
  scheduleRecords,
} from './records.ts';
import { groupIsDeleting, noGroup, noSchedule } from './refusals.ts';

/** What is known of a group; undefined if there is none. */
export function findGroup(ledger: Ledger, scope: Scope, name: string): ScheduleGroupRecord | undefined {
  const found = ledger.get(scheduleGroupRecords, scope, name);
  if (found || name !== defaultGroup) return found;
  return { ...scopeOf(scope), name, tags: {}, createdAt: 0, changedAt: 0 };
}

export function requireGroup(ledger: Ledger, scope: Scope, name: string): ScheduleGroupRecord {
  return findGroup(ledger, scope, name) ?? noGroup(name);
}

/** A group that schedules can be put in. */
export function requireLivingGroup(ledger: Ledger, scope: Scope, name: string): ScheduleGroupRecord {
  const group = requireGroup(ledger, scope, name);
  return group.isDeleting ? groupIsDeleting(name) : group;
}

export function findSchedule(
  ledger: Ledger,
  scope: Scope,
  place: { readonly group: string; readonly name: string },
): ScheduleRecord | undefined {
  return ledger.get(scheduleRecords, scope, scheduleKey(place));
}

export function requireSchedule(
  ledger: Ledger,
  scope: Scope,
  place: { readonly group: string; readonly name: string },
): ScheduleRecord {
  requireGroup(ledger, scope, place.group);
  return findSchedule(ledger, scope, place) ?? noSchedule(place.name);
}
