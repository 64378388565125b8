import type { Scope } from '../../core/arn.ts';
import { containerArnOf, dockerIdOf } from '../../core/container-arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { Placement } from '../../core/job.ts';
import type { LaunchType } from '../../core/task-variables.ts';
import type { ContainerUsage } from '../../engines/index.ts';

/** A task as its metadata tell of it. */
export interface DescribedTask {
  readonly scope: Scope;
  readonly placement: Placement;
  readonly status: 'STARTING' | 'RUNNING';
  readonly startedAt?: EpochMilliseconds;
  readonly jobDefinitionArn: string;
  readonly launchType: LaunchType;
  readonly containers: readonly DescribedContainer[];
}

export interface DescribedContainer {
  readonly name: string;
  readonly image: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly log: { readonly driver: string; readonly group: string; readonly region: string; readonly stream: string };
}

/** The documents of version 4 of ECS's task metadata, by the rest of their path. */
export const metadataDocuments: Readonly<
  Record<
    string,
    {
      /** It tells what containers use. */
      readonly measures: boolean;
      readonly of: (
        task: DescribedTask,
        container: DescribedContainer,
        usage: ReadonlyMap<string, ContainerUsage>,
        now: EpochMilliseconds,
      ) => unknown;
    }
  >
> = {
  '': { measures: false, of: (task, container) => containerDocument(task, container) },
  '/task': { measures: false, of: (task) => taskDocument(task) },
  '/stats': { measures: true, of: (_task, container, usage, now) => statsDocument(container, usage, now) },
  '/task/stats': {
    measures: true,
    of: (task, _container, usage, now) =>
      Object.fromEntries(
        task.containers.map((each) => [dockerIdOf(task.placement, each.name), statsDocument(each, usage, now)]),
      ),
  },
};

function containerDocument(task: DescribedTask, container: DescribedContainer) {
  const { placement, status, startedAt } = task;
  const { name, image, vcpus, memoryMiB, log } = container;
  const { family, revision } = definitionOf(task);
  return {
    DockerId: dockerIdOf(placement, name),
    Name: name,
    DockerName: `ecs-${family}-${revision}-${name}`,
    Image: image,
    Labels: {
      'com.amazonaws.ecs.cluster': clusterArn(placement),
      'com.amazonaws.ecs.container-name': name,
      'com.amazonaws.ecs.task-arn': placement.taskArn,
      'com.amazonaws.ecs.task-definition-family': family,
      'com.amazonaws.ecs.task-definition-version': revision,
    },
    DesiredStatus: 'RUNNING',
    KnownStatus: knownStatus[status],
    // CPU units: 1024 are a vCPU.
    Limits: { CPU: vcpus * 1024, Memory: memoryMiB },
    CreatedAt: iso(placement.placedAt),
    ...(startedAt === undefined ? {} : { StartedAt: iso(startedAt) }),
    Type: 'NORMAL',
    ContainerARN: containerArnOf(placement, name),
    LogDriver: log.driver,
    LogOptions: { 'awslogs-group': log.group, 'awslogs-region': log.region, 'awslogs-stream': log.stream },
    Networks: [{ NetworkMode: 'host', IPv4Addresses: [] }],
  };
}

function taskDocument(task: DescribedTask) {
  const { placement, status, startedAt, launchType, scope, containers } = task;
  const { family, revision } = definitionOf(task);
  const sum = (of: 'vcpus' | 'memoryMiB') => containers.reduce((total, each) => total + each[of], 0);
  return {
    Cluster: clusterArn(placement),
    TaskARN: placement.taskArn,
    Family: family,
    Revision: revision,
    DesiredStatus: 'RUNNING',
    KnownStatus: knownStatus[status],
    // vCPUs here, and CPU units in a container's: so it is on ECS.
    Limits: { CPU: sum('vcpus'), Memory: sum('memoryMiB') },
    PullStartedAt: iso(placement.placedAt),
    PullStoppedAt: iso(startedAt ?? placement.placedAt),
    AvailabilityZone: `${scope.region}a`,
    LaunchType: launchType,
    Containers: containers.map((each) => containerDocument(task, each)),
  };
}

/** Docker's shape, with null for what nobody here knows, as ECS has it. */
function statsDocument(
  { memoryMiB, name }: DescribedContainer,
  usage: ReadonlyMap<string, ContainerUsage>,
  now: EpochMilliseconds,
) {
  const { at = now, cpuSeconds, memoryBytes = null, peakMemoryBytes = null } = usage.get(name) ?? {};
  const nanoseconds = cpuSeconds === undefined ? null : Math.round(cpuSeconds * 1e9);
  return {
    read: new Date(at).toISOString(),
    name,
    cpu_stats: { cpu_usage: { total_usage: nanoseconds }, system_cpu_usage: null, online_cpus: null },
    precpu_stats: { cpu_usage: { total_usage: null }, system_cpu_usage: null, online_cpus: null },
    memory_stats: { usage: memoryBytes, max_usage: peakMemoryBytes, limit: memoryMiB * 1024 * 1024 },
    pids_stats: { current: null },
  };
}

/** As the engine has reported: the first question of a container may come before that. */
const knownStatus: Readonly<Record<DescribedTask['status'], string>> = { STARTING: 'PENDING', RUNNING: 'RUNNING' };

/** The cluster of which a task's ARN says that it is. */
function clusterArn({ taskArn }: Placement): string {
  return taskArn.slice(0, taskArn.lastIndexOf('/')).replace(':task/', ':cluster/');
}

function definitionOf({ jobDefinitionArn }: DescribedTask): { readonly family: string; readonly revision: string } {
  const [family = '', revision = ''] = jobDefinitionArn.slice(jobDefinitionArn.indexOf('/') + 1).split(':');
  return { family, revision };
}

function iso(at: EpochMilliseconds): string {
  return new Date(at).toISOString();
}
