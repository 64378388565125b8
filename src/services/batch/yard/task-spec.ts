import { invariant } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import type { Placement, ResourceRequest } from '../../../core/job.ts';
import {
  type ContainerRecord,
  defaultContainer,
  type NodeSpecification,
  nodeSpecification,
} from '../../../core/job-specification.ts';
import type {
  ContainerSpec,
  EngineCapabilities,
  LogSink,
  Mount,
  ScratchMount,
  SwapSpec,
  TaskSpec,
} from '../../../engines/index.ts';
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
  const { job, placement, jobId, attempt, capabilities } = parts;
  const node = nodeSpecification(job.specification);
  const [container] = node?.containers ?? [];
  invariant(node && container, `job ${jobId} has no container`);
  const unmet = unmetDemand(node, capabilities);
  if (unmet !== undefined) throw new UnstartableTask(unmet);
  const notes = notesOf(container);
  return {
    formatVersion: 1,
    taskId: placement.taskId,
    label: `${job.jobName} ${jobId} attempt ${attempt}`,
    containers: [containerSpecOf(parts, node, container)],
    origin: { jobId, placement },
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function containerSpecOf(parts: TaskParts, node: NodeSpecification, container: ContainerRecord): ContainerSpec {
  const { mounts, scratchMounts } = mountsOf(node, container);
  const { sharedMemoryMiB, temporaryFileSystems = [] } = container.linux ?? {};
  const swap = swapOf(container);
  return {
    name: container.name ?? defaultContainer,
    image: container.image,
    command: container.command ?? [],
    environment: environmentOf(parts, container),
    secrets: {},
    ...(container.user ? { user: container.user } : {}),
    ...parts.footprint,
    mounts,
    ...(scratchMounts.length > 0 ? { scratchMounts } : {}),
    temporaryFileSystems,
    ...(sharedMemoryMiB === undefined ? {} : { sharedMemoryMiB }),
    ...(swap ? { swap } : {}),
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? false,
    privileged: container.privileged ?? false,
    ulimits: container.ulimits ?? [],
    ...(parts.log ? { log: parts.log } : {}),
  };
}

/** Spec 01 §8: the variables that the service injects win over everything else. */
function environmentOf(parts: TaskParts, { environment = [] }: ContainerRecord): Record<string, string> {
  return {
    ...parts.jobEnvironment,
    ...Object.fromEntries(environment.map(({ name, value }) => [name, value ?? ''])),
    AWS_BATCH_CE_NAME: parts.computeEnvironmentName,
    AWS_BATCH_JOB_ATTEMPT: String(parts.attempt),
    AWS_BATCH_JOB_ID: parts.jobId,
    AWS_BATCH_JQ_NAME: parts.jobQueueName,
  };
}

/** A volume without host path is the task's own, as Docker makes one. Spec 02 §5.18. */
function mountsOf({ volumes = [] }: NodeSpecification, container: ContainerRecord) {
  const mounts: Mount[] = [];
  const scratchMounts: ScratchMount[] = [];
  for (const { volume, target, readOnly = false } of container.mounts ?? []) {
    const source = volumes.find(({ name }) => name === volume)?.host?.path;
    if (source) mounts.push({ source, target, readOnly });
    else scratchMounts.push({ volume, target, readOnly });
  }
  return { mounts, scratchMounts };
}

/** `swappiness` counts only beside `maxSwap`. Spec 02 §5.9. */
function swapOf({ linux }: ContainerRecord): SwapSpec | undefined {
  const { swapMiB, swappiness } = linux ?? {};
  if (swapMiB === undefined) return undefined;
  return { maximumMiB: swapMiB, ...(swappiness === undefined ? {} : { swappiness }) };
}

/** What is accepted as AWS accepts it and does nothing, in words for `batchyard explain`. */
function notesOf({ log, linux }: ContainerRecord): string[] {
  const options = Object.keys(log?.options ?? {}).filter((option) => option in idleLogOptions);
  const notes = options.map((option) => `log option ${option} has no effect: ${idleLogOptions[option]}`);
  const { swapMiB, swappiness } = linux ?? {};
  if (swappiness !== undefined && swapMiB === undefined)
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
