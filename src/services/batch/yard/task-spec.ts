import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { JobId } from '../../../core/ids.ts';
import type { Placement, ResourceRequest } from '../../../core/job.ts';
import type {
  ContainerSpec,
  EngineCapabilities,
  LogSink,
  Mount,
  ScratchMount,
  SwapSpec,
  TaskSpec,
} from '../../../engines/index.ts';
import { containerDetailOf } from '../container-detail.ts';
import type { SpecifiedJob } from './specification-cache.ts';
import { unmetDemand } from './unmet-demand.ts';

/** What the task of one attempt is made of. */
export interface TaskParts {
  readonly jobId: JobId;
  readonly job: SpecifiedJob;
  readonly placement: Placement;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly jobQueueName: string;
  readonly computeEnvironmentName: string;
  /** What the host gives of what was asked. */
  readonly footprint: ResourceRequest;
  readonly log: LogSink | undefined;
  /** Variables that the operator gives to every job, below the definition's own. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  /** Of the engine that is to run it. */
  readonly capabilities: EngineCapabilities;
}

/** Something the definition asks for that its engine or this version cannot give: the attempt fails at start, in these words. */
export class UnstartableTask extends Error {
  override readonly name = 'UnstartableTask';
}

/** Builds the engine's view of an attempt. Throws `UnstartableTask`. */
export function taskSpecOf(parts: TaskParts): TaskSpec {
  const notes = notesOf(containerDetailOf(parts.job.specification));
  return {
    formatVersion: 1,
    taskId: parts.placement.taskId,
    label: `${parts.job.jobName} ${parts.jobId} attempt ${parts.attempt}`,
    containers: [containerSpecOf(parts)],
    origin: { jobId: parts.jobId, placement: parts.placement },
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function containerSpecOf(parts: TaskParts): ContainerSpec {
  const container = containerDetailOf(parts.job.specification);
  const unmet = unmetDemand(container, parts.capabilities);
  if (unmet !== undefined) throw new UnstartableTask(unmet);
  const scratchMounts = scratchMountsOf(container);
  const swap = swapOf(container);
  const { sharedMemorySize, tmpfs = [] } = container.linuxParameters ?? {};
  return {
    name: 'default',
    image: container.image ?? '',
    command: container.command ?? [],
    environment: environmentOf(parts),
    secrets: {},
    ...(container.user ? { user: container.user } : {}),
    ...parts.footprint,
    mounts: mountsOf(container),
    ...(scratchMounts.length > 0 ? { scratchMounts } : {}),
    temporaryFileSystems: tmpfs.map(({ containerPath, size, mountOptions }) => ({
      target: containerPath ?? '',
      sizeMiB: size ?? 0,
      ...(mountOptions ? { options: mountOptions } : {}),
    })),
    ...(sharedMemorySize === undefined ? {} : { sharedMemoryMiB: sharedMemorySize }),
    ...(swap ? { swap } : {}),
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? false,
    privileged: container.privileged ?? false,
    ulimits: (container.ulimits ?? []).map(({ name, softLimit, hardLimit }) => ({
      name: name ?? '',
      soft: softLimit ?? 0,
      hard: hardLimit ?? 0,
    })),
    ...(parts.log ? { log: parts.log } : {}),
  };
}

/** Spec 01 §8: the variables that the service injects win over everything else. */
function environmentOf(parts: TaskParts): Record<string, string> {
  const given = (containerDetailOf(parts.job.specification).environment ?? []).map(({ name, value }) => [
    name,
    value ?? '',
  ]);
  return {
    ...parts.jobEnvironment,
    ...Object.fromEntries(given),
    AWS_BATCH_CE_NAME: parts.computeEnvironmentName,
    AWS_BATCH_JOB_ATTEMPT: String(parts.attempt),
    AWS_BATCH_JOB_ID: parts.jobId,
    AWS_BATCH_JQ_NAME: parts.jobQueueName,
  };
}

function mountsOf(container: ContainerDetail): Mount[] {
  return (container.mountPoints ?? []).flatMap(({ sourceVolume, containerPath, readOnly }) => {
    const source = hostPathOf(container, sourceVolume);
    return source ? [{ source, target: containerPath ?? source, readOnly: readOnly ?? false }] : [];
  });
}

/** A volume without host path is the task's own, as Docker makes one. Spec 02 §5.18. */
function scratchMountsOf(container: ContainerDetail): ScratchMount[] {
  return (container.mountPoints ?? []).flatMap(({ sourceVolume, containerPath, readOnly }) => {
    if (hostPathOf(container, sourceVolume)) return [];
    return [{ volume: sourceVolume ?? '', target: containerPath ?? '', readOnly: readOnly ?? false }];
  });
}

function hostPathOf(container: ContainerDetail, name: string | undefined): string | undefined {
  return (container.volumes ?? []).find((volume) => volume.name === name)?.host?.sourcePath;
}

/** `swappiness` counts only beside `maxSwap`. Spec 02 §5.9. */
function swapOf({ linuxParameters }: ContainerDetail): SwapSpec | undefined {
  const { maxSwap, swappiness } = linuxParameters ?? {};
  if (maxSwap === undefined) return undefined;
  return { maximumMiB: maxSwap, ...(swappiness === undefined ? {} : { swappiness }) };
}

/** What is accepted as AWS accepts it and does nothing, in words for `batchyard explain`. */
function notesOf({ logConfiguration, linuxParameters }: ContainerDetail): string[] {
  const options = Object.keys(logConfiguration?.options ?? {}).filter((option) => option in idleLogOptions);
  const notes = options.map((option) => `log option ${option} has no effect: ${idleLogOptions[option]}`);
  const { maxSwap, swappiness } = linuxParameters ?? {};
  if (swappiness !== undefined && maxSwap === undefined)
    notes.push('swappiness has no effect without maxSwap, as on AWS');
  return notes;
}

/** Options of awslogs that change nothing here, and why. */
const idleLogOptions: Readonly<Record<string, string>> = {
  'awslogs-datetime-format': 'each line is an event of its own',
  'awslogs-multiline-pattern': 'each line is an event of its own',
  mode: 'output is never dropped, and a job waits while it cannot be written',
  'max-buffer-size': 'output is never dropped, and a job waits while it cannot be written',
};
