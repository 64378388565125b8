import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { archiveSegmentRecords, eventArchiveRecords, eventReplayRecords } from './archives/records.ts';
import { apiDestinationRecords, connectionRecords, type HttpParameters } from './endpoints/index.ts';

/** An event bus that somebody made. The default one of each region has a record only once it has a policy or a description. */
export interface EventBusRecord extends Scope {
  readonly name: string;
  readonly description?: string;
  readonly kmsKeyIdentifier?: string;
  /** An SQS queue; kept and shown. */
  readonly deadLetterArn?: string;
  /** JSON text of the resource policy. */
  readonly policy?: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
}

export const eventBusRecords = defineRecord({
  type: 'eventBus',
  key: ({ name }: EventBusRecord) => name,
});

/** What makes the input of a target of an event. */
export interface StoredTransformer {
  readonly paths: Readonly<Record<string, string>>;
  readonly template: string;
}

/** Where the events of a rule go. */
export interface StoredTarget {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string;
  /** JSON text that is sent whatever the event is. */
  readonly input?: string;
  readonly inputPath?: string;
  readonly transformer?: StoredTransformer;
  readonly batch?: {
    readonly jobDefinition: string;
    readonly jobName: string;
    readonly arraySize?: number;
    readonly attempts?: number;
  };
  readonly messageGroupId?: string;
  /** Of an API destination. Values that begin with `$.` are paths into the event. */
  readonly http?: HttpParameters;
  readonly deadLetterArn?: string;
  readonly retries?: number;
  readonly maximumAgeSeconds?: number;
}

/** A rule with its targets: at most five. */
export interface EventRuleRecord extends Scope {
  readonly bus: string;
  readonly name: string;
  readonly description?: string;
  /** JSON text as given. */
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly isEnabled: boolean;
  readonly roleArn?: string;
  readonly targets: readonly StoredTarget[];
  readonly tags: Tags;
  readonly createdBy: string;
  readonly createdAt: EpochMilliseconds;
}

/** The key of a rule. Names of buses have no space. */
export function ruleKey({ bus, name }: Pick<EventRuleRecord, 'bus' | 'name'>): string {
  return `${bus} ${name}`;
}

export const eventRuleRecords = defineRecord({
  type: 'eventRule',
  key: (rule: EventRuleRecord) => ruleKey(rule),
  indexes: { bus: { value: ({ bus }) => bus, order: ({ name }) => name } },
});

/** Every type of record that EventBridge keeps. */
export const eventsRecords = [
  eventBusRecords,
  eventRuleRecords,
  eventArchiveRecords,
  archiveSegmentRecords,
  eventReplayRecords,
  connectionRecords,
  apiDestinationRecords,
];
