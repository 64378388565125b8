import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { ascendingKey, descendingKey } from './machines/order.ts';

/** A state machine (spec 07). Its revisions are immutable records of their own. */
export interface StateMachineRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly kind: 'STANDARD' | 'EXPRESS';
  readonly status: 'ACTIVE' | 'DELETING';
  /** The current revision. Absent in AWS's answers until the first update: `isInitial` of the revision says so. */
  readonly revisionId: string;
  /** The number of the version published last, 0 when none was: a number is never used twice. */
  readonly lastVersion: number;
  /** What CreateStateMachine was asked to publish, which tells a repeat of that call from another one. Absent: nobody knows. */
  readonly createdWith?: { readonly publish: boolean; readonly versionDescription?: string };
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const stateMachineRecords = defineRecord({
  type: 'stateMachine',
  key: ({ name }: StateMachineRecord) => name,
  indexes: { created: { order: stateMachineOrder } },
});

/** Place in lists: the one created last comes first. It never changes, so that pages go on whatever is made or deleted. */
export function stateMachineOrder({ createdAt, name }: Pick<StateMachineRecord, 'createdAt' | 'name'>): string {
  return `${descendingKey(createdAt)} ${name}`;
}

/** How a state machine logs, as given. */
export interface StoredLogging {
  readonly level?: 'ALL' | 'ERROR' | 'FATAL' | 'OFF' | undefined;
  readonly includeExecutionData?: boolean | undefined;
  readonly destinations?:
    | { readonly cloudWatchLogsLogGroup?: { readonly logGroupArn?: string | undefined } | undefined }[]
    | undefined;
}

/** Whether a state machine is traced. */
export interface StoredTracing {
  readonly enabled?: boolean | undefined;
}

/** Whose key encrypts. */
export interface StoredEncryption {
  readonly kmsKeyId?: string | undefined;
  readonly kmsDataKeyReusePeriodSeconds?: number | undefined;
  readonly type: 'AWS_OWNED_KEY' | 'CUSTOMER_MANAGED_KMS_KEY' | undefined;
}

/**
 * What a state machine was at one time: executions and versions refer to it, so it never changes. It is kept as long as its
 * machine, a version or an execution refers to it.
 */
export interface StateMachineRevisionRecord extends Scope {
  /** The revision id: a UUID. */
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly kind: 'STANDARD' | 'EXPRESS';
  /** True for the revision that CreateStateMachine made: AWS shows no revision id for it. */
  readonly isInitial: boolean;
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration?: StoredLogging;
  readonly tracingConfiguration?: StoredTracing;
  readonly encryptionConfiguration?: StoredEncryption;
  readonly label?: string;
  readonly createdAt: EpochMilliseconds;
}

export const stateMachineRevisionRecords = defineRecord({
  type: 'stateMachineRevision',
  key: ({ name }: StateMachineRevisionRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** A published version of a state machine. */
export interface StateMachineVersionRecord extends Scope {
  /** `machine:number`. */
  readonly name: string;
  readonly stateMachineName: string;
  readonly version: number;
  readonly arn: string;
  readonly revisionId: string;
  readonly description?: string;
  readonly createdAt: EpochMilliseconds;
}

export const stateMachineVersionRecords = defineRecord({
  type: 'stateMachineVersion',
  key: ({ name }: StateMachineVersionRecord) => name,
  indexes: {
    machine: { value: ({ stateMachineName }) => stateMachineName, order: ({ version }) => descendingKey(version) },
    revision: { value: ({ revisionId }) => revisionId },
  },
});

/** An alias of a state machine: routes executions to one or two versions. */
export interface StateMachineAliasRecord extends Scope {
  /** `machine:alias`. */
  readonly name: string;
  readonly stateMachineName: string;
  readonly aliasName: string;
  readonly arn: string;
  readonly description?: string;
  /** Version ARNs with weights that add up to 100. */
  readonly routing: readonly { readonly stateMachineVersionArn: string; readonly weight: number }[];
  readonly createdAt: EpochMilliseconds;
  readonly updatedAt: EpochMilliseconds;
}

export const stateMachineAliasRecords = defineRecord({
  type: 'stateMachineAlias',
  key: ({ name }: StateMachineAliasRecord) => name,
  indexes: { machine: { value: ({ stateMachineName }) => stateMachineName, order: stateMachineAliasOrder } },
});

/** Place in lists: the one created first comes first. */
export function stateMachineAliasOrder({ createdAt, aliasName }: StateMachineAliasRecord): string {
  return `${ascendingKey(createdAt)} ${aliasName}`;
}

/** An activity of Step Functions: a task queue for workers of the user. */
export interface ActivityRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly encryptionConfiguration?: StoredEncryption;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const activityRecords = defineRecord({
  type: 'activity',
  key: ({ name }: ActivityRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** Says that an account and region has the managed rule of this name. */
export interface ManagedRuleRecord extends Scope {
  readonly ruleName: string;
}

export const managedRuleRecords = defineRecord({
  type: 'managedRule',
  key: ({ ruleName }: ManagedRuleRecord) => ruleName,
});

/** Every type of record that Step Functions keeps. */
export const statesRecords = [
  stateMachineRecords,
  stateMachineRevisionRecords,
  stateMachineVersionRecords,
  stateMachineAliasRecords,
  activityRecords,
  managedRuleRecords,
];
