import type { ResourceRequest } from '../../../core/job.ts';
import { present } from '../../../core/present.ts';
import { demand, invalid } from '../refusals.ts';
import { checkParts, checkRole, firelensMissing } from './container-rules.ts';
import { checkFargateSize, checkWindowsSize } from './fargate.ts';
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

/**
 * Checks a task of several containers: every rule that one look at it tells. The words are cdk-preflight's, but for those of names,
 * circles and time-outs, of which none are reported.
 */
export function checkTask(task: Task, platform: Platform): void {
  const { containers } = task;
  const count = containers.length;
  demand(count >= 1 && count <= mostContainers, `Number of containers must be between 1 and ${mostContainers}`);
  checkNames(containers);
  demand(
    containers.some(({ essential = true }) => essential),
    'At least one container must be set as essential',
  );
  checkModes(task, platform);
  checkRole('taskRoleArn', task.taskRoleArn);
  checkFirelens(containers);
  for (const container of containers) {
    checkParts(asContainer(task, container), platform);
    checkDependencies(container, containers);
    checkTimeouts(container, platform);
  }
  refuseCycles(containers);
  const resources = taskResources(containers, platform);
  if (platform === 'FARGATE') checkWindowsSize(task, resources);
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
  demand(new Set(names).size === names.length, 'Container names must be unique');
}

/** AWS tells of the two in different words. */
const modeWords = {
  ipcMode: (mode: string, known: string) => `ipcMode ${mode} is not valid. Valid values are: [${known}]`,
  pidMode: (mode: string, known: string) => `Capability ${mode} is not valid. Valid capabilities: [${known}]`,
} as const;

function checkModes(task: Task, platform: Platform): void {
  for (const member of ['ipcMode', 'pidMode'] as const) {
    const mode = task[member];
    if (mode === undefined) continue;
    const known: readonly string[] = modes[member];
    demand(known.includes(mode), modeWords[member](mode, known.join(', ')));
    const isOnFargate = member === 'pidMode' && mode === 'task';
    demand(platform === 'EC2' || isOnFargate, `${member} ${mode} is not applicable for Fargate.`);
  }
}

function checkDependencies({ name, dependsOn = [] }: TaskContainer, containers: readonly TaskContainer[]): void {
  const several = dependsOn.length === 0 || containers.length > 1;
  demand(several, 'Container dependency can not be used in a single-container job.');
  for (const { containerName: other, condition = '' } of dependsOn) {
    const valid = `Valid values are: [${conditions.join(', ')}]`;
    demand(conditions.includes(condition), `TaskContainer dependency ${condition} is not valid. ${valid}`);
    const found = containers.find((container) => container.name === other);
    demand(found && other !== name, 'Container dependency is not valid');
    const { essential = true } = found;
    const words = `The container target of a dependency can not have condition ${condition} if the target is essential`;
    demand(condition === 'START' || !essential, words);
  }
}

/** A container that routes logs needs others that send it theirs, and root. Spec 09 (2025-03-27). */
function checkFirelens(containers: readonly TaskContainer[]): void {
  const isRouted = ({ logConfiguration }: TaskContainer) => logConfiguration?.logDriver === 'awsfirelens';
  if (!containers.some(({ firelensConfiguration }) => firelensConfiguration)) {
    demand(!containers.some(isRouted), firelensMissing);
    return;
  }
  demand(
    containers.some(isRouted),
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver',
  );
  demand(
    containers.some(({ user = 'root' }) => ['', 'root', '0'].includes(user)),
    'When a firelensConfiguration object is specified, at least one container has to run as root',
  );
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
