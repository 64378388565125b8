import type { Container, Task } from '@aws-sdk/client-ecs';
import { formatArn } from '../../core/arn.ts';
import { containerArnOf, dockerIdOf } from '../../core/container-arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { ClusterView, ContainerView, TaskView } from '../../core/task-view.ts';
import { definitionOf } from './names.ts';
import { tagList } from './tags.ts';

/** As the metadata endpoint names what the engine has reported. */
const statusNames = { STARTING: 'PENDING', RUNNING: 'RUNNING', STOPPED: 'STOPPED' } as const;

/** A task as DescribeTasks shows it. What ECS knows and jobs have not is left out. */
export function taskDetail(cluster: ClusterView, task: TaskView, withTags: boolean): Task {
  const { taskArn, containerInstanceArn, status, isToStop, launchType, containers } = task;
  const { family, revision } = definitionOf(task.jobDefinitionArn);
  const sum = (of: (container: ContainerView) => number) =>
    String(containers.reduce((total, each) => total + of(each), 0));
  return {
    taskArn,
    clusterArn: cluster.arn,
    containerInstanceArn,
    taskDefinitionArn: formatArn('ecs', cluster, `task-definition/${family}:${revision}`),
    group: `family:${family}`,
    launchType,
    availabilityZone: `${cluster.region}a`,
    lastStatus: statusNames[status],
    desiredStatus: isToStop ? 'STOPPED' : 'RUNNING',
    ...timesOf(task),
    ...(status === 'STOPPED' && { stopCode: stopCodeOf(task), stoppedReason: task.stoppedReason }),
    cpu: sum(({ asked }) => asked.vcpus * 1024),
    memory: sum(({ asked }) => asked.memoryMiB),
    containers: containers.map((container) => containerDetail(task, container)),
    overrides: { containerOverrides: containers.map(({ name }) => ({ name })), inferenceAcceleratorOverrides: [] },
    attachments: [],
    attributes: [],
    inferenceAccelerators: [],
    enableExecuteCommand: false,
    version: status === 'STARTING' ? 1 : status === 'RUNNING' ? 2 : 3,
    tags: withTags ? tagList(task.tags) : [],
  };
}

function timesOf({ placedAt, startedAt, stoppedAt }: TaskView): Partial<Task> {
  const times = {
    createdAt: placedAt,
    pullStartedAt: placedAt,
    pullStoppedAt: startedAt,
    startedAt,
    executionStoppedAt: startedAt === undefined ? undefined : stoppedAt,
    stoppingAt: stoppedAt,
    stoppedAt,
  };
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, at]: [string, EpochMilliseconds | undefined]) =>
      at === undefined ? [] : [[name, new Date(at)]],
    ),
  );
}

function stopCodeOf({ wasStopped, startedAt }: TaskView) {
  if (wasStopped) return 'UserInitiated' as const;
  return startedAt === undefined ? ('TaskFailedToStart' as const) : ('EssentialContainerExited' as const);
}

function containerDetail(
  task: TaskView,
  { name, image, imageDigest, asked, exitCode, reason }: ContainerView,
): Container {
  return {
    containerArn: containerArnOf(task, name),
    taskArn: task.taskArn,
    name,
    image,
    ...(imageDigest === undefined ? {} : { imageDigest }),
    // As the metadata endpoint calls it inside.
    ...(task.startedAt === undefined ? {} : { runtimeId: dockerIdOf(task, name) }),
    lastStatus: statusNames[task.status],
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(asked.vcpus * 1024),
    memory: String(asked.memoryMiB),
  };
}
