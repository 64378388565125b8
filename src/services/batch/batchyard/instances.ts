import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import type { FleetInstance } from '../../../scheduler/index.ts';
import { batchyardOperation } from '../operation.ts';
import { pageFrom } from '../page.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  type InstanceRecord,
  instancePlace,
} from '../records.ts';
import { refuse } from '../refusals.ts';
import { type ImageSource, launchFactsOf, userDataOf } from '../resources/launch-facts.ts';
import { launchSetupFor } from '../resources/launch-setup.ts';
import type { BatchRuntime } from '../runtime.ts';
import { containerInstanceArn, type PlacedInstance } from '../yard/index.ts';

/** An instance of a compute environment. Times are epoch milliseconds. */
export interface ShownInstance {
  /** `i-...`. */
  readonly instanceId: string;
  readonly containerInstanceArn: string;
  readonly computeEnvironment: string;
  readonly type: string;
  readonly zone: string;
  /** `registered`: somebody gave it, and nothing is paid for it. */
  readonly purchase: InstanceRecord['purchase'];
  /** The tag `Name` of one that was registered. */
  readonly name?: string;
  /** US dollars an hour. */
  readonly price: number;
  readonly state: 'starting' | 'ready' | 'draining' | 'interrupted';
  readonly registered: ResourceRequest;
  readonly free: ResourceRequest;
  /** Places that are held on it. */
  readonly jobs: number;
  readonly launchedAt: number;
  readonly readyAt?: number;
  /** Since when no job runs on it. */
  readonly idleSince?: number;
  /** Why it was launched, and why this type; who registered it. */
  readonly launchReason: string;
}

/** The same, and what it was launched with. Of one that was registered there are its tags alone. */
export interface DescribedInstance extends ShownInstance {
  /** `type`: that of `ec2Configuration`. */
  readonly image?: { readonly id: string; readonly from: ImageSource; readonly type: string };
  readonly subnetId?: string;
  readonly securityGroupIds?: readonly string[];
  readonly keyPair?: string;
  readonly placementGroup?: string;
  /** The ARN of its profile. */
  readonly instanceProfile?: string;
  readonly launchTemplate?: { readonly id: string; readonly version: number };
  readonly tags: Readonly<Record<string, string>>;
  /** What it runs when it boots: the parts of its launch template, then the service's own. */
  readonly userData?: string;
}

export interface DescribeInstanceInput {
  readonly instanceId: string;
}

export interface ListInstancesInput {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

export interface ListInstancesOutput {
  /** By environment, the oldest first. */
  readonly instances: readonly ShownInstance[];
  readonly nextToken?: string;
}

/** The instances of compute environments, launched and registered. */
export function listInstances(runtime: BatchRuntime): Operation<ListInstancesInput, ListInstancesOutput> {
  return batchyardOperation<ListInstancesInput, ListInstancesOutput>(runtime, {
    schema: z.object({ maxResults: z.int().optional(), nextToken: z.string().optional() }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:ListInstances', resource: '*' }],
    handler: (input, context) => {
      const after = (place: string | undefined) => instancesFrom(runtime, context, place);
      const { items, ...page } = pageFrom('ListInstances', after, placeOf, input);
      return { instances: items.map(shown), ...page };
    },
  });
}

interface Found extends PlacedInstance {
  readonly environment: ComputeEnvironmentRecord;
}

/** Names of environments have no spaces. */
function placeOf({ environment, record }: Found): string {
  return `${environment.name} ${instancePlace(record.order)}`;
}

/** Those behind a place, in order, one at a time. */
function* instancesFrom({ ledger, yard }: BatchRuntime, scope: Scope, place: string | undefined): Generator<Found> {
  const [name = '', order = ''] = place?.split(' ') ?? [];
  const environments = ledger.list(computeEnvironmentRecords, scope).filter((one) => one.name >= name);
  for (const environment of environments.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const after = environment.name === name ? Number(order) : undefined;
    for (const found of yard.instances.of(environment, after)) yield { environment, ...found };
  }
}

/** One instance, and what it was launched with. */
export function describeInstance(runtime: BatchRuntime): Operation<DescribeInstanceInput, DescribedInstance> {
  return batchyardOperation<DescribeInstanceInput, DescribedInstance>(runtime, {
    schema: z.object({ instanceId: z.string() }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:DescribeInstance', resource: '*' }],
    handler: ({ instanceId }, context) => {
      const record = runtime.yard.instances.get(scopeOf(context), instanceId);
      const environment = record && runtime.ledger.get(computeEnvironmentRecords, context, record.environment);
      const found = environment && placedOf(runtime, environment, record);
      if (!found) return refuse(`Instance ${instanceId} does not exist.`);
      if (record.purchase === 'registered') return { ...shown({ environment, ...found }), tags: record.tags ?? {} };
      const setup = launchSetupFor(runtime, environment, record.setup);
      const { image, subnetId, groupIds, keyName, placementGroup, profile, template, tags } = launchFactsOf(
        setup,
        record,
      );
      return {
        ...shown({ environment, ...found }),
        ...{ image, securityGroupIds: groupIds, tags },
        ...(subnetId === undefined ? {} : { subnetId }),
        ...(keyName === undefined ? {} : { keyPair: keyName }),
        ...(placementGroup === undefined ? {} : { placementGroup }),
        ...(profile === undefined ? {} : { instanceProfile: profile }),
        ...(template && { launchTemplate: template }),
        userData: Buffer.from(userDataOf(setup, record, environment.ecsClusterArn), 'base64').toString(),
      };
    },
  });
}

/** Undefined for one that the scheduler has forgotten. */
function placedOf({ yard }: BatchRuntime, environment: ComputeEnvironmentRecord, { id, order }: InstanceRecord) {
  const [first] = yard.instances.of(environment, order - 1);
  return first?.record.id === id ? first : undefined;
}

function shown({ environment, instance, record }: Found): ShownInstance {
  const { id, type, zone, purchase, price, capacity, launchedAt, readyAt, launchReason, idleSince, tags } = record;
  const name = tags?.Name;
  const { jobs, free } = instance;
  return {
    instanceId: id,
    containerInstanceArn: containerInstanceArn(environment, id),
    computeEnvironment: environment.name,
    ...{ type, zone, purchase, price, jobs, launchedAt, launchReason },
    state: stateOf(record),
    registered: requestOf(capacity),
    free: requestOf(free),
    ...(name === undefined ? {} : { name }),
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(idleSince === undefined || jobs > 0 ? {} : { idleSince }),
  };
}

function stateOf({ state, closedBy }: InstanceRecord): ShownInstance['state'] {
  if (state !== 'closed') return state;
  return closedBy === 'interruption' ? 'interrupted' : 'draining';
}

function requestOf({ vcpuMillis, memoryMiB, gpus }: FleetInstance['free']): ResourceRequest {
  return { vcpus: vcpuMillis / 1000, memoryMiB, gpus };
}

export interface CloseInstanceInput {
  readonly instanceId: string;
}

export interface CloseInstanceOutput {
  readonly instanceId: string;
  readonly state: ShownInstance['state'] | 'gone';
}

/** Lets an instance take no more jobs: it goes once those have ended that run on it. */
export function drainInstance(runtime: BatchRuntime): Operation<CloseInstanceInput, CloseInstanceOutput> {
  return closing(runtime, 'DrainInstance', 'drain');
}

/** Ends an instance with all that runs on it, as Spot does where it takes one back: jobs are tried again by their rules. */
export function interruptInstance(runtime: BatchRuntime): Operation<CloseInstanceInput, CloseInstanceOutput> {
  return closing(runtime, 'InterruptInstance', 'interruption');
}

function closing(
  runtime: BatchRuntime,
  name: string,
  by: 'drain' | 'interruption',
): Operation<CloseInstanceInput, CloseInstanceOutput> {
  const { yard } = runtime;
  const find = (scope: Scope, id: string) => yard.instances.get(scopeOf(scope), id);
  return batchyardOperation<CloseInstanceInput, CloseInstanceOutput>(runtime, {
    schema: z.object({ instanceId: z.string() }),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: `batchyard:${name}`, resource: '*' }],
    handler: ({ instanceId }, context) => {
      if (!find(context, instanceId)) return refuse(`Instance ${instanceId} does not exist.`);
      yard.instances.close(scopeOf(context), instanceId, by);
      const record = find(context, instanceId);
      return { instanceId, state: record ? stateOf(record) : 'gone' };
    },
  });
}
