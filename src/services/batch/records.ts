import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds, JobId, Milliseconds } from '../../core/ids.ts';
import type { EngineKind } from '../../engines/index.ts';
import type { Decay, StoredFleet, StoredInstance } from '../../scheduler/index.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { endedInstanceRecords } from './ended-instance-records.ts';

/** Where in AWS's terms a compute environment or a queue stands on its way. */
type ResourceStatus = 'CREATING' | 'UPDATING' | 'VALID' | 'INVALID' | 'DELETING';

/** What AWS says of a compute environment that is well. */
export const healthyEnvironment = { status: 'VALID', statusReason: 'ComputeEnvironment Healthy' } as const;
/** What AWS says of a job queue that is well. */
export const healthyQueue = { status: 'VALID', statusReason: 'JobQueue Healthy' } as const;

/** A resource that something is still being done to: it takes no other change meanwhile. */
export function isBeingModified(record: { readonly status: string }): boolean {
  return record.status === 'CREATING' || record.status === 'UPDATING' || record.status === 'DELETING';
}

/** A compute environment (spec 04). */
export interface ComputeEnvironmentRecord extends Scope {
  readonly name: string;
  readonly uuid: string;
  readonly arn: string;
  readonly ecsClusterArn: string;
  readonly kind: 'MANAGED' | 'UNMANAGED';
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: ResourceStatus;
  readonly statusReason: string;
  readonly serviceRole?: string;
  readonly unmanagedvCpus?: number;
  readonly computeResources?: ComputeResources;
  readonly context?: string;
  /** What CloudWatch is to see of its cluster, as given. */
  readonly ecsSettings?: { readonly containerInsights?: string | undefined };
  readonly updatePolicy?: UpdatePolicy;
  /** What is being done while it is UPDATING: numbers and switches change, or what its instances are. */
  readonly updating?: 'scaling' | 'infrastructure';
  /** Where its pods run. Absent: it runs containers of ECS. */
  readonly kubernetes?: { readonly clusterArn: string; readonly namespace: string };
  /** Resolved once, at creation; never changes. */
  readonly engine: EngineKind;
  /** When an update of the infrastructure began, while it is UPDATING for that. */
  readonly replacingSince?: EpochMilliseconds;
  /** The number of the setup that it launches instances with. Absent: there is none, for it launches none, or was made before there were any. */
  readonly setup?: number;
  /** It launches instances, and its jobs are placed on those; fixed at creation. Absent: it is UNMANAGED, or its jobs take vCPUs of its maxvCpus. */
  readonly fleet?: true;
  /** The engine's pool that its jobs run in, as asked for at creation. Absent: the first that the engine names. */
  readonly pool?: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** What becomes of running jobs when instances are replaced (spec 04 §8.4). */
export interface UpdatePolicy {
  readonly terminateJobsOnUpdate: boolean;
  readonly jobExecutionTimeoutMinutes: number;
}

/** AWS's, where an update gives no other (spec 04 §8.4). */
export const defaultUpdatePolicy: UpdatePolicy = { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 30 };

/** What a managed environment may launch, as given; the members that the server itself reads are named. */
export interface ComputeResources {
  readonly type: string;
  readonly instanceRole?: string | undefined;
  readonly minvCpus?: number | undefined;
  readonly maxvCpus: number;
  readonly desiredvCpus?: number | undefined;
  readonly instanceTypes?: readonly string[] | undefined;
  readonly subnets?: readonly string[] | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly spotIamFleetRole?: string | undefined;
  readonly launchTemplate?: LaunchTemplates | undefined;
  readonly [member: string]: unknown;
}

/** How an environment names a launch template. */
export interface NamedTemplate {
  readonly launchTemplateId?: string | undefined;
  readonly launchTemplateName?: string | undefined;
  readonly version?: string | undefined;
  readonly userdataType?: string | undefined;
}

/** The launch template of an environment, and those of some of its instance types. */
export interface LaunchTemplates extends NamedTemplate {
  readonly overrides?:
    | readonly (NamedTemplate & { readonly targetInstanceTypes?: readonly string[] | undefined })[]
    | undefined;
}

export const computeEnvironmentRecords = defineRecord({
  type: 'computeEnvironment',
  key: ({ name }: ComputeEnvironmentRecord) => name,
});

/** What an environment that launches instances has beside them. */
export interface FleetRecord extends Scope, StoredFleet {
  /** The environment's name. */
  readonly environment: string;
}

export const fleetRecords = defineRecord({ type: 'fleet', key: ({ environment }: FleetRecord) => environment });

/** What a launch template says of the instances that are launched with it. */
export interface TemplateSetup {
  /** Types and families that it is for. Absent: all that no other one is for. */
  readonly targets?: readonly string[];
  /** Absent: none is named, or EC2 has none of that name here. */
  readonly template?: { readonly id: string; readonly version: number };
  /** It wins over those of the environment. It stays that of an earlier template until another one names one, or AWS's own is asked for. */
  readonly imageId?: string;
  readonly keyName?: string;
  readonly groupIds?: readonly string[];
  readonly placementGroup?: string;
  readonly tags: Tags;
  /** In base64, as given. */
  readonly userData?: string;
}

/**
 * What instances are launched with, as it was when their environment was made, or when its infrastructure was updated: a launch template that
 * changes later changes nothing (spec 04 §4.1).
 */
export interface LaunchSetupRecord extends Scope {
  /** The environment's name. */
  readonly environment: string;
  /** The first has 1. */
  readonly number: number;
  readonly subnets: readonly { readonly id: string; readonly zone?: string }[];
  readonly groupIds: readonly string[];
  readonly instanceRole?: string;
  readonly keyName?: string;
  readonly placementGroup?: string;
  readonly imageId?: string;
  readonly images: readonly { readonly imageType: string; readonly imageIdOverride?: string }[];
  readonly tags: Tags;
  /** The one without targets last. */
  readonly templates: readonly TemplateSetup[];
}

export const launchSetupRecords = defineRecord({
  type: 'launchSetup',
  key: ({ environment, number }: LaunchSetupRecord) => setupKey(environment, number),
  indexes: { environment: { value: ({ environment }) => environment } },
});

export function setupKey(environment: string, number: number): string {
  return `${environment} ${number}`;
}

/** An instance of a compute environment. What is free of it follows from the jobs that run. */
export interface InstanceRecord extends Scope, StoredInstance {
  /** The environment's name. */
  readonly environment: string;
  /** `registered`: somebody gave it, and nothing is paid for it. */
  readonly purchase: 'on-demand' | 'spot' | 'registered';
  /** US dollars an hour, when it was launched. */
  readonly price: number;
  /** How often Spot takes one of its type back: 0 for the rarest class, 4 for the most frequent. */
  readonly interruption: number;
  readonly zone: string;
  /** Why it was launched, and why this type; who registered it. */
  readonly launchReason: string;
  /** Of one that was registered. */
  readonly tags?: Tags;
  readonly launchedAt: EpochMilliseconds;
  /** The number of the setup that it was launched with. */
  readonly setup?: number;
  /** Absent while it starts. */
  readonly readyAt?: EpochMilliseconds;
  /** Why it takes no more jobs; `update`: it is being replaced. */
  readonly closedBy?: 'drain' | 'interruption' | 'update';
}

export const instanceRecords = defineRecord({
  type: 'instance',
  key: ({ id }: InstanceRecord) => id,
  indexes: {
    id: { order: ({ id }) => id },
    environment: {
      value: ({ environment }) => environment,
      order: ({ order }) => instancePlace(order),
    },
  },
});

/** Where an instance stands among those of its environment, as text in the same order as its number. */
export function instancePlace(order: number): string {
  return String(order).padStart(12, '0');
}

/** A job queue (spec 03 §9). */
export interface JobQueueRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: ResourceStatus;
  readonly statusReason: string;
  readonly priority: number;
  /** Compute environment ARNs, in ascending `order`; none of a queue of service jobs. */
  readonly computeEnvironmentOrder: readonly { readonly order: number; readonly computeEnvironment: string }[];
  /** Service environment ARNs, of a queue that service jobs alone wait in. */
  readonly serviceEnvironmentOrder?: readonly { readonly order: number; readonly serviceEnvironment: string }[];
  readonly jobStateTimeLimitActions: readonly StateTimeLimitAction[];
  /** Who holds it, since when: it takes jobs and starts none. Absent: nobody does. */
  readonly hold?: QueueHold;
  /** Of a queue whose shares take turns. */
  readonly schedulingPolicyArn?: string;
  /** Of the same: since when what its shares have used fades how fast, in the order of time. Raw: the server's minimum comes on top. */
  readonly decays?: readonly Decay[];
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** By the principal's ARN. */
export interface QueueHold {
  readonly since: EpochMilliseconds;
  readonly by: string;
}

/** What is to happen to a job that stays in a state for too long. */
export interface StateTimeLimitAction {
  readonly reason: string;
  readonly state: string;
  readonly maxTimeSeconds: number;
  readonly action: string;
}

export const jobQueueRecords = defineRecord({ type: 'jobQueue', key: ({ name }: JobQueueRecord) => name });

/** One revision of a job definition (spec 02). */
export interface JobDefinitionRecord extends Scope {
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  /** The JSON of the request as given, less name and tags: read back exactly. `definition/compile.ts` reads it. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  /** When it was deregistered; kept 180 days from then. */
  readonly deregisteredAt?: EpochMilliseconds;
}

const highestRevision = 9_999_999_999;

/** Place in lists: by name, then newest revision first. The separator sorts before every character of a name. */
export function jobDefinitionOrder({ name, revision }: Pick<JobDefinitionRecord, 'name' | 'revision'>): string {
  return `${name} ${String(highestRevision - revision).padStart(10, '0')}`;
}

/** Among thousands of revisions of one name few are ACTIVE: clients ask for those. */
export function nameAndStatus({ name, status }: { readonly name: string; readonly status: string }): string {
  return `${name} ${status}`;
}

export const jobDefinitionRecords = defineRecord({
  type: 'jobDefinition',
  key: ({ name, revision }: JobDefinitionRecord) => `${name}:${revision}`,
  indexes: {
    listed: { order: jobDefinitionOrder },
    status: { value: ({ status }) => status, order: jobDefinitionOrder },
    name: { value: ({ name }) => name, order: jobDefinitionOrder },
    nameAndStatus: { value: nameAndStatus, order: jobDefinitionOrder },
  },
});

/** The highest revision ever given to a name, so that a number is never used twice. */
export interface RevisionCounterRecord extends Scope {
  readonly name: string;
  readonly lastRevision: number;
}

export const revisionCounterRecords = defineRecord({
  type: 'revisionCounter',
  key: ({ name }: RevisionCounterRecord) => name,
});

/** Says that a region has been given its first environment and queue, so that once deleted they stay deleted. */
export interface SeededRegionRecord extends Scope {
  readonly at: EpochMilliseconds;
}

export const seededRegionRecords = defineRecord<SeededRegionRecord>({ type: 'seededRegion' });

/** What the console may do: see `batchyard/permissions.ts`. */
export interface ConsolePermissionRecord extends Scope {
  readonly jobLogs: boolean;
  readonly changedAt: EpochMilliseconds;
  readonly changedBy: string;
}

export const consolePermissionRecords = defineRecord<ConsolePermissionRecord>({ type: 'consolePermission' });

/** Since when a head has stood there for its kind of reason. */
export interface HeadTimesRecord {
  readonly since: EpochMilliseconds;
  /** The same by the monotonic clock of the process that wrote it: to that one alone it says what a wall clock that is set does not. */
  readonly steady: { readonly process: string; readonly since: Milliseconds };
}

/** The job at the head of a queue that cannot start, and since when it, or this child of an array, cannot for this kind of reason. */
export interface BlockedHeadRecord extends Scope, HeadTimesRecord {
  /** The queue's name. */
  readonly queue: string;
  readonly jobId: JobId;
  /** The scheduler's word for it. */
  readonly reason: string;
  /** When the log of facts was told. Absent: it was not. */
  readonly toldAt?: EpochMilliseconds;
}

export const blockedHeadRecords = defineRecord({ type: 'blockedHead', key: ({ queue }: BlockedHeadRecord) => queue });

/** Something of which there are only so many units, and which jobs need to run: licences, a budget (spec 09, 2025-02-26). */
export interface ConsumableResourceRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  /** Whether what a job held comes back at its end. */
  readonly type: 'REPLENISHABLE' | 'NON_REPLENISHABLE';
  /**
   * How many units there are to be, those that jobs hold included; what does not replenish and was consumed is taken off. May be
   * less than jobs hold, until enough of them have ended.
   */
  readonly total: number;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const consumableResourceRecords = defineRecord({
  type: 'consumableResource',
  key: ({ name }: ConsumableResourceRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** What makes queues share their capacity fairly (spec 04 §10). */
export interface SchedulingPolicyRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  /** As given: read back exactly. Absent: none of it was given. */
  readonly fairsharePolicy?: FairsharePolicy;
  /** In the place of the other: of queues of service jobs. */
  readonly quotaSharePolicy?: { readonly idleResourceAssignmentStrategy: string };
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export interface FairsharePolicy {
  readonly shareDecaySeconds?: number | undefined;
  readonly computeReservation?: number | undefined;
  readonly shareDistribution?:
    | readonly { readonly shareIdentifier: string; readonly weightFactor?: number | undefined }[]
    | undefined;
}

export const schedulingPolicyRecords = defineRecord({
  type: 'schedulingPolicy',
  key: ({ name }: SchedulingPolicyRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** What has to be known of a share identifier in a queue beside its jobs: stored with each change of what they hold. */
export interface ShareRecord extends Scope {
  /** The queue's name. */
  readonly queue: string;
  readonly share: string;
  /** Decayed vCPU-seconds at `at`. */
  readonly usage: number;
  /** By the scheduler's time, which never goes back. */
  readonly at: EpochMilliseconds;
  /** When its last job ended; without meaning while it has any. */
  readonly idleSince?: EpochMilliseconds;
}

/** Neither a name nor an identifier has a slash. */
export function shareKey(queue: string, share: string): string {
  return `${queue}/${share}`;
}

export const shareRecords = defineRecord({
  type: 'share',
  key: ({ queue, share }: ShareRecord) => shareKey(queue, share),
  indexes: { queue: { value: ({ queue }) => queue, order: ({ share }) => share } },
});

/** How much of a unit may be taken at once. */
export interface CapacityLimit {
  readonly maxCapacity: number;
  /** `NUM_INSTANCES`, or an instance type of the service. */
  readonly capacityUnit: string;
}

/** What another service may be asked for (spec 09, 2025-07-29). */
export interface ServiceEnvironmentRecord extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly type: string;
  readonly state: 'ENABLED' | 'DISABLED';
  /** As given. */
  readonly capacityLimits: readonly CapacityLimit[];
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const serviceEnvironmentRecords = defineRecord({
  type: 'serviceEnvironment',
  key: ({ name }: ServiceEnvironmentRecord) => name,
});

/** A queue within a queue of service jobs (spec 09, 2026-03-19). */
export interface QuotaShareRecord extends Scope {
  /** The queue's name. */
  readonly queue: string;
  readonly name: string;
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  /** DELETING until the last of its jobs has been ended. */
  readonly status: 'VALID' | 'DELETING';
  readonly capacityLimits: readonly CapacityLimit[];
  readonly sharing: QuotaSharing;
  readonly inSharePreemption: 'ENABLED' | 'DISABLED';
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

/** What a quota share does with capacity that it does not use, and of the others'. */
export interface QuotaSharing {
  readonly strategy: 'RESERVE' | 'LEND' | 'LEND_AND_BORROW';
  /** Of one that borrows: percent of its own limits, -1 for any. */
  readonly borrowLimit?: number;
}

export const quotaShareRecords = defineRecord({
  type: 'quotaShare',
  key: ({ queue, name }: QuotaShareRecord) => shareKey(queue, name),
  indexes: { queue: { value: ({ queue }) => queue, order: ({ name }) => name } },
});

/** The service job at the front of a queue, or of a quota share: why it waits was told when it came there. */
export interface BlockedServiceHeadRecord extends Scope, HeadTimesRecord {
  /** The queue's name. */
  readonly queue: string;
  /** Absent of a queue that has none. */
  readonly quotaShare?: string;
  readonly jobId: JobId;
  /** Why it waits, in one word. */
  readonly reason: string;
}

export const blockedServiceHeadRecords = defineRecord({
  type: 'blockedServiceHead',
  key: ({ queue, quotaShare }: BlockedServiceHeadRecord) => serviceHeadKey(queue, quotaShare),
  indexes: { queue: { value: ({ queue }) => queue, order: ({ quotaShare = '' }) => quotaShare } },
});

/** No name of a quota share is empty. */
export function serviceHeadKey(queue: string, quotaShare = ''): string {
  return shareKey(queue, quotaShare);
}

/** Every type of record that Batch keeps. */
export const batchRecords = [
  computeEnvironmentRecords,
  fleetRecords,
  instanceRecords,
  endedInstanceRecords,
  launchSetupRecords,
  jobQueueRecords,
  jobDefinitionRecords,
  revisionCounterRecords,
  seededRegionRecords,
  blockedHeadRecords,
  consolePermissionRecords,
  consumableResourceRecords,
  schedulingPolicyRecords,
  shareRecords,
  serviceEnvironmentRecords,
  quotaShareRecords,
  blockedServiceHeadRecords,
];
