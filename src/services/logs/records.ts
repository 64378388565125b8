import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { filterRecords } from './filters/filter-records.ts';

/** A log group of CloudWatch Logs. */
export interface LogGroupRecord extends Scope {
  readonly name: string;
  readonly createdAt: EpochMilliseconds;
  /** Absent: events never expire. */
  readonly retentionInDays?: number;
  readonly tags: Tags;
}

export const logGroupRecords = defineRecord({ type: 'logGroup', key: ({ name }: LogGroupRecord) => name });

/**
 * Stands while the streams of a deleted group are taken away: streams created at or before it belong to the deleted group,
 * even if a group of that name has come to life again.
 */
export interface GroupDeletionRecord extends Scope {
  readonly groupName: string;
  readonly deletedAt: EpochMilliseconds;
}

export const groupDeletionRecords = defineRecord({
  type: 'logGroupDeletion',
  key: ({ groupName }: GroupDeletionRecord) => groupName,
});

/** Files that are still to be removed, since nothing needs them any more. */
export interface FileRemovalRecord extends Scope {
  readonly id: string;
  /** Below the log directory: files, or whole directories. */
  readonly paths: readonly string[];
  /** The stream whose task may still write there. */
  readonly waitsFor?: { readonly groupName: string; readonly streamName: string };
}

export const fileRemovalRecords = defineRecord({
  type: 'logFileRemoval',
  key: ({ id }: FileRemovalRecord) => id,
  indexes: {
    waitsFor: {
      value: ({ waitsFor }) => (waitsFor ? streamKey(waitsFor.groupName, waitsFor.streamName) : undefined),
    },
  },
});

/** Names a stream within its scope. A group's name has no line break. */
export function streamKey(groupName: string, streamName: string): string {
  return `${groupName}\n${streamName}`;
}

/** A policy that says what services may write: of the account in a region, or of one group. */
export interface ResourcePolicyRecord extends Scope {
  /** That of an account has one. */
  readonly name?: string;
  /** Absent: it is the account's. */
  readonly groupName?: string;
  readonly document: string;
  readonly updatedAt: EpochMilliseconds;
  /** Of a group's policy alone; another with each change. */
  readonly revisionId?: string;
}

/** A group has one policy, an account many by name. */
export function resourcePolicyKey({ name, groupName }: Pick<ResourcePolicyRecord, 'name' | 'groupName'>): string {
  return groupName === undefined ? `account\n${name}` : `group\n${groupName}`;
}

export const resourcePolicyRecords = defineRecord({
  type: 'logResourcePolicy',
  key: (policy: ResourcePolicyRecord) => resourcePolicyKey(policy),
  // Those of the account are asked about each delivery, however many groups have one.
  indexes: { account: { value: ({ groupName }) => (groupName === undefined ? 'account' : undefined) } },
});

/** A query of Logs Insights that is kept under a name. */
export interface QueryDefinitionRecord extends Scope {
  readonly id: string;
  readonly name: string;
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
  readonly updatedAt: EpochMilliseconds;
  /** Of the call that made it, or changed it last. */
  readonly clientToken?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly defaultValue?: string;
    readonly description?: string;
  }[];
}

export const queryDefinitionRecords = defineRecord({
  type: 'logQueryDefinition',
  key: ({ id }: QueryDefinitionRecord) => id,
});

/** Every type of record that CloudWatch Logs keeps. */
export const logsRecords = [
  logGroupRecords,
  groupDeletionRecords,
  fileRemovalRecords,
  resourcePolicyRecords,
  queryDefinitionRecords,
  ...filterRecords,
];
