import type { JobId } from '../../../core/ids.ts';
import { type ResourceName, type ResourceRequest, sumOfNodes } from '../../../core/job.ts';
import {
  type ContainerRecord,
  defaultContainer,
  type NodeSpecification,
  requestOf,
} from '../../../core/job-specification.ts';
import type { TaskVariables, VariablesRequest } from '../../../core/task-variables.ts';
import type {
  ContainerOutline,
  ContainerSpec,
  DeviceSpec,
  EngineCapabilities,
  GangMember,
  LogSink,
  Mount,
  ScratchMount,
  SwapSpec,
  TaskOrigin,
  TaskSpec,
} from '../../../engines/index.ts';
import { stopGraceMilliseconds } from '../../../lifecycle/index.ts';
import { arrayVariables } from './array-variables.ts';
import { type FileSystems, fileSystemNotes, placeOf } from './file-systems.ts';
import { type MainNode, nodeVariables } from './node-variables.ts';
import type { SpecifiedJob } from './specification-cache.ts';
import type { TaskValues } from './task-secrets.ts';
import { isLeftOut, ungrantedBy } from './ungranted.ts';
import { unmetDemand } from './unmet-demand.ts';

/** What the task of one attempt is made of. */
export interface TaskParts {
  /** Of whoever runs: the job's own, the child's or the node's. */
  readonly id: JobId;
  readonly origin: TaskOrigin;
  readonly gang?: GangMember;
  /** With `gang`. */
  readonly main?: MainNode;
  /** How many children the array has whose child it is. */
  readonly arraySize?: number;
  readonly job: SpecifiedJob;
  readonly node: NodeSpecification;
  readonly jobQueueName: string;
  readonly computeEnvironmentName: string;
  /** What its place gives of what it asked for. */
  readonly given: ResourceRequest;
  /** By container. */
  readonly logs: ReadonlyMap<string, LogSink>;
  /** What the server gives a container, below the definition's own. */
  readonly variables: (container: Pick<VariablesRequest, 'container' | 'own'>) => TaskVariables;
  readonly fileSystems: FileSystems;
  /** Of the engine that is to run it. */
  readonly capabilities: EngineCapabilities;
  /** Absent: it needs none. */
  readonly values?: TaskValues | undefined;
}

/** Something the definition asks for that its engine or this version cannot give: the attempt fails at start, in these words. */
export class UnstartableTask extends Error {
  override readonly name = 'UnstartableTask';
}

/** Builds the engine's view of an attempt. Throws `UnstartableTask`. */
export function taskSpecOf(parts: TaskParts): TaskSpec {
  const { id, origin, gang, job, node, capabilities } = parts;
  demandStartable(node, capabilities, gang !== undefined);
  const variables = node.containers.map((each, container) => parts.variables({ container, own: ownVariables(each) }));
  const port = variables[0]?.listenerPort;
  const ofVolumes = (node.volumes ?? []).flatMap((volume) => fileSystemNotes(volume, parts.fileSystems));
  const ofContainers = node.containers.flatMap((container) => notesOf(container, capabilities));
  const ofAccess = variables.flatMap((each) => each.notes);
  const notes = [...new Set([...ofContainers, ...ofVolumes, ...ofAccess])];
  const asked = node.containers.map(({ resources }) => requestOf(resources));
  return {
    formatVersion: 1,
    taskId: origin.placement.taskId,
    label: `${job.jobName} ${id} attempt ${origin.attempt}`,
    containers: node.containers.map((container, index) => {
      const own = asked[index];
      // One that is alone gets all, to the last fraction.
      const given = own && asked.length > 1 ? shareOf(parts.given, sumOf(asked), own) : parts.given;
      return { ...containerSpecOf(parts, container, given), ...environmentOf(parts, container, variables[index]) };
    }),
    stopGrace: stopGraceMilliseconds,
    origin,
    ...sharedOf(node),
    ...(gang ? { gang } : {}),
    ...(port === undefined ? {} : { jobListener: { port } }),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** With `none` each container has its own, as where nothing is said. */
function sharedOf({ ipcMode, pidMode }: NodeSpecification): Pick<TaskSpec, 'ipc' | 'pid'> {
  return {
    ...(ipcMode === undefined || ipcMode === 'none' ? {} : { ipc: ipcMode }),
    ...(pidMode === undefined ? {} : { pid: pidMode }),
  };
}

/** Throws `UnstartableTask` for what an engine cannot give. */
export function demandStartable(node: NodeSpecification, capabilities: EngineCapabilities, isNode: boolean): void {
  const unmet = unmetDemand(node, capabilities, isNode);
  if (unmet !== undefined) throw new UnstartableTask(unmet);
}

/** What a part gets that asks for `own` of `asked`, where the whole is given so much. Memory in whole MiB, never more. */
export function shareOf(given: ResourceRequest, asked: ResourceRequest, own: ResourceRequest): ResourceRequest {
  if (own === asked) return given;
  const share = (of: ResourceName) => (asked[of] === 0 ? 0 : (given[of] * own[of]) / asked[of]);
  return { vcpus: share('vcpus'), memoryMiB: Math.floor(share('memoryMiB')), gpus: share('gpus') };
}

function sumOf(requests: readonly ResourceRequest[]): ResourceRequest {
  return sumOfNodes(requests.map((resources) => ({ first: 0, last: 0, resources })));
}

type Surroundings = Pick<ContainerSpec, 'environment' | 'secrets' | 'registryCredentials' | 'logDriver'>;

/**
 * What a container asks of its host and of registries, less what its engine leaves out. Throws `UnstartableTask` for a volume of a
 * file system that this server does not have.
 */
export function outlineOf(
  container: ContainerRecord,
  parts: Pick<TaskParts, 'node' | 'capabilities' | 'fileSystems'>,
): ContainerOutline {
  const { capabilities } = parts;
  const devices = (container.linux?.devices ?? []).filter(({ source }) => !isLeftOut('device', source, capabilities));
  const { image, log } = container;
  return {
    image,
    mounts: mountsOf(parts, container).mounts,
    ...(devices.length > 0 ? { devices: devices.map(deviceOf) } : {}),
    privileged: container.privileged === true && !capabilities.leavesOut,
    ...(log && !isOurs(log, capabilities) ? { logDriver: { name: log.driver, options: { ...log.options } } } : {}),
  };
}

function containerSpecOf(
  parts: TaskParts,
  container: ContainerRecord,
  given: ResourceRequest,
): Omit<ContainerSpec, keyof Surroundings> {
  const { name = defaultContainer, essential = true, dependsOn = [] } = container;
  const log = parts.logs.get(name);
  const { scratchMounts } = mountsOf(parts, container);
  const { logDriver: _withSecrets, ...outline } = outlineOf(container, parts);
  const { sharedMemoryMiB, temporaryFileSystems = [] } = container.linux ?? {};
  const swap = swapOf(container);
  const { capabilities, node } = parts;
  const ungranted = ungrantedBy(container, node, capabilities);
  return {
    ...outline,
    name,
    essential,
    dependsOn,
    ...(container.startTimeoutSeconds === undefined ? {} : { startTimeout: container.startTimeoutSeconds * 1000 }),
    ...(container.stopTimeoutSeconds === undefined ? {} : { stopGrace: container.stopTimeoutSeconds * 1000 }),
    command: container.command ?? [],
    ...(container.user ? { user: container.user } : {}),
    ...given,
    ...(scratchMounts.length > 0 ? { scratchMounts } : {}),
    temporaryFileSystems,
    ...(sharedMemoryMiB === undefined ? {} : { sharedMemoryMiB }),
    ...(swap ? { swap } : {}),
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? false,
    ...(ungranted.length > 0 ? { ungranted } : {}),
    ulimits: container.ulimits ?? [],
    ...(container.linux?.init ? { init: true } : {}),
    ...(log && isOurs(container.log, capabilities) ? { log } : {}),
  };
}

/** Spec 01 §8: the variables that the service injects win over everything else. */
function environmentOf(
  parts: TaskParts,
  { name = defaultContainer, environment: own = [], log }: ContainerRecord,
  given: TaskVariables | undefined,
): Surroundings {
  const environment = {
    ...given?.environment,
    ...Object.fromEntries(own.map(({ name, value }) => [name, value ?? ''])),
    AWS_BATCH_CE_NAME: parts.computeEnvironmentName,
    ...arrayVariables(parts.origin.index, parts.arraySize, parts.job.specification.rerun),
    ...nodeVariables(parts.gang, parts.main),
    AWS_BATCH_JOB_ATTEMPT: String(parts.origin.attempt),
    AWS_BATCH_JOB_ID: parts.id,
    AWS_BATCH_JQ_NAME: parts.jobQueueName,
  };
  const { logOptions, ...values } = parts.values?.get(name) ?? { secrets: {} };
  const logDriver = log &&
    !isOurs(log, parts.capabilities) && { name: log.driver, options: { ...log.options, ...logOptions } };
  const secrets = { ...given?.secrets, ...values.secrets };
  return { environment, ...values, ...(logDriver ? { logDriver } : {}), secrets };
}

/** That of a driver which the engine leaves out comes to us, too. */
function isOurs(log: ContainerRecord['log'], can: EngineCapabilities): boolean {
  return isAwsLogs(log) || (can.leavesOut !== undefined && !can.logDrivers.includes(log?.driver ?? 'awslogs'));
}

/** The only driver of whose output we know: that of any other is the engine's, and goes where its options say. */
function isAwsLogs(log: ContainerRecord['log']): boolean {
  return (log?.driver ?? 'awslogs') === 'awslogs';
}

/** What a definition gives itself, whether or not its value is known yet. */
function ownVariables({ environment = [], secrets = [] }: ContainerRecord): ReadonlyMap<string, string> {
  const known = environment.map(({ name, value }) => [name, value ?? ''] as const);
  return new Map([...known, ...secrets.map(({ name }) => [name, ''] as const)]);
}

/** A volume without host path is the task's own, as Docker makes one. Spec 02 §5.18. */
function mountsOf(
  { node, fileSystems, capabilities }: Pick<TaskParts, 'node' | 'capabilities' | 'fileSystems'>,
  container: ContainerRecord,
) {
  const mounts: Mount[] = [];
  const scratchMounts: ScratchMount[] = [];
  for (const { volume, target, readOnly = false } of container.mounts ?? []) {
    const { host, efs } = node.volumes?.find(({ name }) => name === volume) ?? {};
    if (host?.path && isLeftOut('path', host.path, capabilities)) continue;
    const place = efs && placeOf(efs, fileSystems);
    if (typeof place === 'string') throw new UnstartableTask(`volume ${volume}: ${place}`);
    if (place) mounts.push({ ...place, target, readOnly });
    else if (host?.path) mounts.push({ source: host.path, target, readOnly });
    else scratchMounts.push({ volume, target, readOnly });
  }
  return { mounts, scratchMounts };
}

type DeviceRecord = NonNullable<NonNullable<ContainerRecord['linux']>['devices']>[number];

/** Spec 02 §5.9: seen as on the host unless it says where. */
function deviceOf({ source, target = source, permissions = [] }: DeviceRecord): DeviceSpec {
  return { source, target, ...(permissions.length > 0 ? { permissions } : {}) };
}

/** `swappiness` counts only beside `maxSwap`. Spec 02 §5.9. */
function swapOf({ linux }: ContainerRecord): SwapSpec | undefined {
  const { swapMiB, swappiness } = linux ?? {};
  if (swapMiB === undefined) return undefined;
  return { maximumMiB: swapMiB, ...(swappiness === undefined ? {} : { swappiness }) };
}

/** What is accepted as AWS accepts it and does nothing, in words for `batchyard explain`. */
function notesOf({ log, linux, registryCredentials }: ContainerRecord, can: EngineCapabilities): string[] {
  const ofAwsLogs = isAwsLogs(log) ? Object.keys(log?.options ?? {}) : [];
  // A daemon takes all output at once, and a job never waits for us.
  const isTaken = can.logDrivers.some((driver) => driver !== 'awslogs');
  const options = ofAwsLogs.filter((option) => isTaken && option in idleLogOptions);
  const notes = options.map((option) => `log option ${option} has no effect: ${idleLogOptions[option]}`);
  const { swapMiB, swappiness, devices = [] } = linux ?? {};
  for (const { source, permissions = [] } of devices) {
    const isAll = permissions.length === 0 || new Set(permissions).size === 3;
    if (!isAll && !can.devicePermissions)
      notes.push(`device ${source}: permissions have no effect, those of the device itself count`);
  }
  if (swappiness !== undefined && swapMiB === undefined)
    notes.push('swappiness has no effect without maxSwap, as on AWS');
  if (log?.driver === 'awslogs' && log.secretOptions?.length)
    notes.push('secretOptions have no effect with log driver awslogs: it needs no secret, and none is read');
  if (registryCredentials !== undefined && !can.registryCredentials)
    notes.push('repositoryCredentials have no effect: no image is pulled here, and the secret is not read');
  return notes;
}

/** Options of awslogs that change nothing where a daemon takes the output, and why. */
const idleLogOptions: Readonly<Record<string, string>> = {
  mode: 'the daemon takes all output: it is never dropped, and the job never waits',
  'max-buffer-size': 'the daemon takes all output: it is never dropped, and the job never waits',
};
