import type {
  Attribute,
  ContainerInstance,
  DeregisterContainerInstanceCommandInput,
  DeregisterContainerInstanceCommandOutput,
  RegisterContainerInstanceCommandInput,
  RegisterContainerInstanceCommandOutput,
  VersionInfo,
} from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Deregistration, Registration } from '../../../core/instance-registry.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import type { ClusterView } from '../../../core/task-view.ts';
import { findCluster, resourceArn, resourceId } from '../names.ts';
import { clusterAccess, ecsOperation } from '../operation.ts';
import { clusterInactive, demand, invalid } from '../refusals.ts';
import { tagList } from '../tags.ts';
import { instanceDetail } from './container-instances.ts';

const unsupported = [
  'attributes',
  'containerInstanceArn',
  'instanceIdentityDocument',
  'instanceIdentityDocumentSignature',
  'versionInfo',
] as const;

/** Gives a cluster a slice of the machine. AWS's agents call it; here nobody is asked which machine they are on. */
export const registerContainerInstance = ecsOperation<
  RegisterContainerInstanceCommandInput,
  RegisterContainerInstanceCommandOutput
>()({
  schema: z.object({
    cluster: z.string().optional(),
    totalResources: z
      .array(z.object({ name: z.string().optional(), type: z.string().optional(), integerValue: z.int32().optional() }))
      .optional(),
    platformDevices: z.array(z.object({ id: z.string(), type: z.enum(['GPU']) })).optional(),
    tags: z.array(z.object({ key: z.string().optional(), value: z.string().optional() })).optional(),
    attributes: z.custom<Attribute[]>().optional(),
    containerInstanceArn: z.string().optional(),
    instanceIdentityDocument: z.string().optional(),
    instanceIdentityDocumentSignature: z.string().optional(),
    versionInfo: z.custom<VersionInfo>().optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: clusterAccess('RegisterContainerInstance'),
  handler: ({ views, registry }, input, context) => {
    for (const member of unsupported)
      demand(input[member] === undefined, `${member} is not supported by this version of Batchyard.`);
    const cluster = findCluster(views, context, input.cluster);
    const { totalResources = [], platformDevices } = input;
    const capacity = {
      ...sizeOf(totalResources),
      ...(platformDevices && { gpus: new Set(platformDevices.map(({ id }) => id)).size }),
    };
    const outcome = registry.register(cluster, { capacity, tags: tagsOf(input.tags), by: context.principal.arn });
    return { containerInstance: registered(outcome, cluster) };
  },
});

function registered(outcome: Registration, cluster: ClusterView): ContainerInstance {
  if (outcome.kind === 'inactive') throw clusterInactive();
  if (outcome.kind === 'managed') throw managed(cluster);
  if (outcome.kind === 'too-many') throw invalid(`A cluster can have at most ${outcome.most} container instances.`);
  if (outcome.kind === 'size-unknown')
    throw invalid('totalResources and platformDevices must be given: nobody has said yet what the machine has.');
  const { instance } = outcome;
  return { ...instanceDetail(instance, [], []), tags: tagList(instance.tags ?? {}) };
}

type Total = NonNullable<RegisterContainerInstanceCommandInput['totalResources']>[number];

/** CPU units are 1,024 to a vCPU. */
function sizeOf(resources: readonly Pick<Total, 'name' | 'integerValue'>[]): Partial<ResourceRequest> {
  return Object.assign({}, ...resources.map(resourceOf));
}

function resourceOf({ name, integerValue: value }: Pick<Total, 'name' | 'integerValue'>): Partial<ResourceRequest> {
  demand(
    name === 'CPU' || name === 'MEMORY',
    `Resource ${name} of totalResources is not supported: only CPU and MEMORY.`,
  );
  demand(value !== undefined && value > 0, `Resource ${name} of totalResources needs an integerValue above 0.`);
  return name === 'CPU' ? { vcpus: value / 1024 } : { memoryMiB: value };
}

/** As ECS has it: keys are unique, and not those of AWS. */
function tagsOf(given: RegisterContainerInstanceCommandInput['tags'] = []): Readonly<Record<string, string>> {
  demand(given.length <= 50, 'Tags cannot have more than 50 elements.');
  for (const { key = '', value = '' } of given) {
    demand(key.length > 0 && key.length <= 128 && value.length <= 256, `Tag ${key} is not valid.`);
    demand(!/^aws:/i.test(key), 'Tag keys cannot begin with aws:.');
  }
  const tags = new Map(given.map(({ key = '', value = '' }) => [key, value]));
  demand(tags.size === given.length, 'Tag keys must be unique.');
  return Object.fromEntries(tags);
}

/** Takes an instance out of its cluster; with `force` also one that tasks run on, which are lost. */
export const deregisterContainerInstance = ecsOperation<
  DeregisterContainerInstanceCommandInput,
  DeregisterContainerInstanceCommandOutput
>()({
  schema: z.object({
    cluster: z.string().optional(),
    containerInstance: z.string(),
    force: z.boolean().optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: clusterAccess('DeregisterContainerInstance'),
  handler: ({ views, registry }, { cluster: given, containerInstance, force = false }, context) => {
    const cluster = findCluster(views, context, given);
    const id = resourceId(cluster, 'container-instance', containerInstance);
    const outcome = registry.deregister(cluster, resourceArn(cluster, 'container-instance', id), force);
    return { containerInstance: { ...deregistered(outcome, cluster, id), status: 'INACTIVE' } };
  },
});

function deregistered(outcome: Deregistration, cluster: ClusterView, id: string): ContainerInstance {
  if (outcome.kind === 'managed') throw managed(cluster);
  if (outcome.kind === 'unknown') throw invalid(`Referenced container instance ${id} not found.`);
  if (outcome.kind === 'busy') throw invalid('Found running tasks on the instance.');
  return instanceDetail(outcome.instance, [], []);
}

function managed({ name }: ClusterView) {
  return invalid(`Cluster ${name} is of a compute environment that is not UNMANAGED: its instances cannot be changed.`);
}
