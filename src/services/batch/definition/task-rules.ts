import type { ResourceRequest } from '../../../core/job.ts';
import { present } from '../../../core/present.ts';
import { demand, invalid } from '../refusals.ts';
import { checkParts } from './container-rules.ts';
import { checkFargateSize } from './fargate.ts';
import { type Platform, resourcesOf } from './resources.ts';
import type { Container, RegisterJobDefinitionInput, Task, TaskContainer } from './schema.ts';

type EcsProperties = NonNullable<RegisterJobDefinitionInput['ecsProperties']>;

const mostContainers = 10;
const containerName = /^[A-Za-z0-9_-]{1,255}$/;
const conditions = ['START', 'COMPLETE', 'SUCCESS'];
/** Seconds (reference of ECS's ContainerDefinition): Fargate waits no longer than this. */
const longestFargateTimeout = 120;
const modes = { ipcMode: ['host', 'task', 'none'], pidMode: ['host', 'task'] } as const;

/** The one task of `ecsProperties`. Spec 03 §2.1. No words are reported of AWS for what it refuses here. */
export function taskOf({ taskProperties: [task, ...more] }: EcsProperties): Task {
  demand(task && more.length === 0, 'ecsProperties must have exactly 1 element in taskProperties.');
  return task;
}

/** Checks a task of several containers: every rule that one look at it tells. */
export function checkTask(task: Task, platform: Platform): void {
  const { containers } = task;
  const count = containers.length;
  demand(count >= 1 && count <= mostContainers, `A task must have 1 to ${mostContainers} containers, got ${count}.`);
  checkNames(containers);
  demand(
    containers.some(({ essential = true }) => essential),
    'At least one container of a task must be essential.',
  );
  checkModes(task, platform);
  for (const container of containers) {
    checkParts(asContainer(task, container), platform);
    checkDependencies(container, containers);
    checkTimeouts(container, platform);
  }
  refuseCycles(containers);
  taskResources(containers, platform);
}

/** What all containers ask for together: Fargate has a size for the task, not for each (spec 03 §2.4). */
export function taskResources(
  containers: readonly Pick<Container, 'resourceRequirements'>[],
  platform: Platform,
): ResourceRequest {
  const sum = { vcpus: 0, memoryMiB: 0, gpus: 0 };
  for (const { resourceRequirements } of containers) {
    const own = resourcesOf({ resourceRequirements }, 'EC2');
    sum.vcpus += own.vcpus;
    sum.memoryMiB += own.memoryMiB;
    sum.gpus += own.gpus;
  }
  if (platform === 'FARGATE') checkFargateSize(sum);
  return sum;
}

/** The container as a definition of one would say it. */
function asContainer(task: Task, container: TaskContainer): Container {
  const { executionRoleArn, volumes, networkConfiguration, ephemeralStorage, runtimePlatform, platformVersion } = task;
  const { enableExecuteCommand } = task;
  return {
    ...container,
    ...present({ executionRoleArn, volumes, networkConfiguration, ephemeralStorage, runtimePlatform }),
    ...present({ enableExecuteCommand }),
    ...(platformVersion === undefined ? {} : { fargatePlatformConfiguration: { platformVersion } }),
  };
}

function checkNames(containers: readonly TaskContainer[]): void {
  const names = containers.map(({ name }) => name);
  demand(containers.length === 1 || !names.includes(undefined), 'Each container of a task must have a name.');
  for (const name of names)
    demand(name === undefined || containerName.test(name), `Container name is not valid: ${name}`);
  demand(new Set(names).size === names.length, 'Container names must be unique.');
}

function checkModes(task: Task, platform: Platform): void {
  for (const member of ['ipcMode', 'pidMode'] as const) {
    const mode = task[member];
    if (mode === undefined) continue;
    const known: readonly string[] = modes[member];
    demand(known.includes(mode), `${member} is not valid: ${mode}. Valid values: [${known.join(', ')}]`);
    const isOnFargate = member === 'pidMode' && mode === 'task';
    demand(platform === 'EC2' || isOnFargate, `${member} ${mode} is not applicable for Fargate.`);
  }
}

function checkDependencies({ name, dependsOn = [] }: TaskContainer, containers: readonly TaskContainer[]): void {
  for (const { containerName: other, condition = '' } of dependsOn) {
    demand(other, 'containerName of a dependency is required.');
    demand(conditions.includes(condition), `condition of a dependency must be one of [${conditions.join(', ')}].`);
    demand(other !== name, `Container ${name} depends on itself.`);
    const found = containers.find((container) => container.name === other);
    demand(found, `Container ${name} depends on container ${other}, which is not there.`);
    const { essential = true } = found;
    const mayEnd = condition === 'START' || !essential;
    demand(
      mayEnd,
      `Container ${name} waits for the end of container ${other}, which is essential: the task ends with it.`,
    );
  }
}

function checkTimeouts({ startTimeout, stopTimeout }: TaskContainer, platform: Platform): void {
  for (const [member, seconds] of Object.entries({ startTimeout, stopTimeout })) {
    if (seconds === undefined) continue;
    const longest = platform === 'FARGATE' ? longestFargateTimeout : Number.POSITIVE_INFINITY;
    demand(seconds >= 0 && seconds <= longest, `${member} of a container is not valid: ${seconds}`);
  }
}

/** Takes away what waits for nothing that is left; what stays waits for itself. */
function refuseCycles(containers: readonly TaskContainer[]): void {
  let left = containers;
  for (;;) {
    const names = new Set(left.map(({ name }) => name));
    const waiting = left.filter(({ dependsOn = [] }) => dependsOn.some(({ containerName: on }) => names.has(on)));
    if (waiting.length === 0) return;
    if (waiting.length === left.length)
      invalid(`Containers wait for each other in a circle: ${waiting.map(({ name }) => name).join(', ')}`);
    left = waiting;
  }
}
