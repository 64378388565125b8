import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

/** A group that somebody made. The default one of each region has a record only once it has tags. */
export interface ScheduleGroupRecord extends Scope {
  readonly name: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
  /** Its schedules are being deleted; it goes with the last of them. */
  readonly isDeleting?: true;
}

export const scheduleGroupRecords = defineRecord({
  type: 'scheduleGroup',
  key: ({ name }: ScheduleGroupRecord) => name,
});

/** What a schedule calls. */
export interface StoredTarget {
  readonly arn: string;
  readonly roleArn: string;
  /** As given, with words that stand for what is known of an invocation. */
  readonly input?: string;
  readonly messageGroupId?: string;
  readonly event?: { readonly source: string; readonly detailType: string };
  readonly deadLetterArn?: string;
  readonly retries?: number;
  readonly maximumAgeSeconds?: number;
}

export interface ScheduleRecord extends Scope {
  readonly group: string;
  readonly name: string;
  readonly expression: string;
  readonly timeZone?: string;
  readonly startAt?: EpochMilliseconds;
  readonly endAt?: EpochMilliseconds;
  /** What a rate without `startAt` begins at: when it was given its present times. */
  readonly anchorAt: EpochMilliseconds;
  /** Raised with each change of when it fires. */
  readonly revision: number;
  /** It may fire so long after its slot; absent: at its slot. */
  readonly windowMinutes?: number;
  readonly isEnabled: boolean;
  readonly deletesItself: boolean;
  readonly description?: string;
  /** Kept and shown. */
  readonly kmsKeyArn?: string;
  readonly target: StoredTarget;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
}

/** The key of a schedule. Names have no space, which stands before all that they have: it is their order too. */
export function scheduleKey({ group, name }: Pick<ScheduleRecord, 'group' | 'name'>): string {
  return `${group} ${name}`;
}

export const scheduleRecords = defineRecord({
  type: 'schedule',
  key: (schedule: ScheduleRecord) => scheduleKey(schedule),
  indexes: {
    all: { order: (schedule: ScheduleRecord) => scheduleKey(schedule) },
    group: { value: ({ group }: ScheduleRecord) => group, order: ({ name }: ScheduleRecord) => name },
  },
});

/** Every type of record that EventBridge Scheduler keeps. */
export const schedulerRecords = [scheduleGroupRecords, scheduleRecords];
