import type {
  Attribute,
  ContainerInstance,
  DescribeContainerInstancesCommandInput,
  DescribeContainerInstancesCommandOutput,
  ListContainerInstancesCommandInput,
  ListContainerInstancesCommandOutput,
  Resource,
} from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { nameOfArn } from '../../../core/arn.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import type { InstanceView, ListedTask, MachineView } from '../../../core/task-view.ts';
import { findCluster, resourceArn, resourceId } from '../names.ts';
import { clusterAccess, ecsOperation, resourcesAccess } from '../operation.ts';
import { pageOf } from '../page.ts';
import { demand } from '../refusals.ts';
import { tagList } from '../tags.ts';

export const listContainerInstances = ecsOperation<
  ListContainerInstancesCommandInput,
  ListContainerInstancesCommandOutput
>()({
  schema: z.object({
    cluster: z.string().optional(),
    filter: z.string().optional(),
    status: z.enum(['ACTIVE', 'DEREGISTERING', 'DRAINING', 'REGISTERING', 'REGISTRATION_FAILED']).optional(),
    maxResults: z.int().optional(),
    nextToken: z.string().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: clusterAccess('ListContainerInstances'),
  handler: ({ views }, { status = 'ACTIVE', filter, ...input }, context) => {
    const cluster = findCluster(views, context, input.cluster);
    demand(!filter, 'filter is not supported by this version of Batchyard.');
    const arns = views
      .instances(cluster)
      .filter((instance) => statusOf(instance) === status)
      .map(({ arn }) => arn);
    const { items, ...page } = pageOf('ListContainerInstances', arns, input);
    return { containerInstanceArns: [...items], ...page };
  },
});

export const describeContainerInstances = ecsOperation<
  DescribeContainerInstancesCommandInput,
  DescribeContainerInstancesCommandOutput
>()({
  schema: z.object({
    cluster: z.string().optional(),
    containerInstances: z.array(z.string()),
    include: z.array(z.enum(['CONTAINER_INSTANCE_HEALTH', 'TAGS'])).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: resourcesAccess('DescribeContainerInstances', 'container-instance', 'containerInstances'),
  handler: ({ views }, { containerInstances: given, include = [], ...input }, context) => {
    const cluster = findCluster(views, context, input.cluster);
    demand(given.length > 0, 'Container instances cannot be empty.');
    demand(given.length <= 100, 'Container instances cannot have more than 100 elements.');
    const ids = [...new Set(given.map((each) => resourceId(cluster, 'container-instance', each)))];
    const known = new Map(views.instances(cluster).map((instance) => [nameOfArn(instance.arn), instance]));
    const found = ids.flatMap((id) => known.get(id) ?? []);
    const held = found.length > 0 ? [...views.tasks(context, 'held')] : [];
    const byInstance = Map.groupBy(held, (task) => task.containerInstanceArn);
    const byMachine = Map.groupBy(held, (task) => task.instance);
    return {
      containerInstances: found.map((instance) => ({
        ...instanceDetail(instance, byInstance.get(instance.arn) ?? [], byMachine.get(instance.instance) ?? []),
        tags: include.includes('TAGS') ? tagList(instance.tags ?? {}) : [],
      })),
      failures: ids.flatMap((id) =>
        known.has(id) ? [] : [{ arn: resourceArn(cluster, 'container-instance', id), reason: 'MISSING' }],
      ),
    };
  },
});

/** An instance with its own tasks, and all that its machine has. */
export function instanceDetail(
  view: InstanceView,
  own: readonly ListedTask[],
  ofMachine: readonly ListedTask[],
): ContainerInstance {
  const { arn, instance, registeredAt, capacity, unavailable, machine } = view;
  const running = own.filter(({ status }) => status === 'RUNNING').length;
  // The machine is that of all environments, and what one takes the others lack.
  const taken = ofMachine.flatMap(({ asked }) => asked ?? []);
  const left = (of: 'vcpus' | 'memoryMiB' | 'gpus') =>
    Math.max(
      0,
      taken.reduce((rest, asked) => rest - asked[of], capacity[of]),
    );
  return {
    containerInstanceArn: arn,
    ec2InstanceId: instance,
    status: statusOf(view),
    agentConnected: unavailable === undefined,
    ...(unavailable === undefined ? {} : { statusReason: unavailable }),
    registeredAt: new Date(registeredAt),
    runningTasksCount: running,
    pendingTasksCount: own.length - running,
    registeredResources: resourcesOf(capacity),
    remainingResources: resourcesOf({ vcpus: left('vcpus'), memoryMiB: left('memoryMiB'), gpus: left('gpus') }),
    attributes: machine ? attributesOf(machine) : [],
    attachments: [],
    tags: [],
  };
}

/** As ECS has it where no status is asked for: those that drain are listed by themselves. */
function statusOf({ isDraining }: InstanceView): 'ACTIVE' | 'DRAINING' {
  return isDraining ? 'DRAINING' : 'ACTIVE';
}

/** Those that ECS gives to each instance. */
function attributesOf({ type, zone }: MachineView): Attribute[] {
  return [
    { name: 'ecs.instance-type', value: type },
    { name: 'ecs.availability-zone', value: zone },
  ];
}

function resourcesOf({ vcpus, memoryMiB, gpus }: ResourceRequest): Resource[] {
  const integer = (name: string, value: number) => ({ name, type: 'INTEGER', integerValue: Math.floor(value) });
  const ids = Array.from({ length: gpus }, (_, index) => String(index));
  return [
    integer('CPU', vcpus * 1024),
    integer('MEMORY', memoryMiB),
    ...(gpus > 0 ? [{ name: 'GPU', type: 'STRINGSET', stringSetValue: ids }] : []),
  ];
}
