import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { JobId } from '../../../core/ids.ts';
import type { Placement, ResourceRequest } from '../../../core/job.ts';
import type { ContainerSpec, LogSink, Mount, TaskSpec } from '../../../engines/index.ts';
import type { SpecifiedJob } from './specification-cache.ts';

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
}

/** Something the definition asks for that no engine of this version can give: the attempt fails at start, in these words. */
export class UnstartableTask extends Error {
  override readonly name = 'UnstartableTask';
}

/** Builds the engine's view of an attempt. Throws `UnstartableTask`. */
export function taskSpecOf(parts: TaskParts): TaskSpec {
  return {
    formatVersion: 1,
    taskId: parts.placement.taskId,
    label: `${parts.job.jobName} ${parts.jobId} attempt ${parts.attempt}`,
    containers: [containerSpecOf(parts)],
  };
}

function containerSpecOf(parts: TaskParts): ContainerSpec {
  const { container } = parts.job.specification;
  refuseUnavailable(container);
  return {
    name: 'default',
    image: container.image ?? '',
    command: container.command ?? [],
    environment: environmentOf(parts),
    secrets: {},
    ...(container.user ? { user: container.user } : {}),
    ...parts.footprint,
    mounts: mountsOf(container),
    temporaryFileSystems: (container.linuxParameters?.tmpfs ?? []).map(({ containerPath, size }) => ({
      target: containerPath ?? '',
      sizeMiB: size ?? 0,
    })),
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
  const given = (parts.job.specification.container.environment ?? []).map(({ name, value }) => [name, value ?? '']);
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
  const volumes = new Map((container.volumes ?? []).map((volume) => [volume.name, volume]));
  return (container.mountPoints ?? []).map(({ sourceVolume, containerPath, readOnly }) => {
    const volume = volumes.get(sourceVolume);
    const source = volume?.host?.sourcePath;
    if (!source) throw new UnstartableTask(`volume ${sourceVolume} has no host path: this engine cannot make one up`);
    return { source, target: containerPath ?? source, readOnly: readOnly ?? false };
  });
}

function refuseUnavailable(container: ContainerDetail): void {
  const efs = (container.volumes ?? []).find(({ efsVolumeConfiguration }) => efsVolumeConfiguration);
  if (efs) throw new UnstartableTask(`volume ${efs.name}: EFS file systems cannot be mounted here`);
  const s3 = (container.volumes ?? []).find(({ s3filesVolumeConfiguration }) => s3filesVolumeConfiguration);
  if (s3) throw new UnstartableTask(`volume ${s3.name}: S3 file systems cannot be mounted here`);
  const { logDriver: driver, secretOptions = [] } = container.logConfiguration ?? {};
  if (driver && driver !== 'awslogs')
    throw new UnstartableTask(`log driver ${driver} is not available here, only awslogs`);
  if ((container.secrets ?? []).length + secretOptions.length > 0) {
    throw new UnstartableTask('secrets cannot be resolved by this version');
  }
  if ((container.linuxParameters?.devices ?? []).length > 0) {
    throw new UnstartableTask('linuxParameters.devices cannot be mapped by this version');
  }
}
