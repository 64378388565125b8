import type { ComputeEnvironmentSettings, JobQueueSettings } from './scheduler-event.ts';

/** A compute environment, as far as it says what the scheduler may do with it (spec 04). */
export interface SchedulableEnvironment extends Pick<ComputeEnvironmentSettings, 'arn' | 'state' | 'status'> {
  readonly kind: 'MANAGED' | 'UNMANAGED';
  readonly computeResources?: { readonly type: string; readonly maxvCpus: number };
}

/** A job queue, as far as it says what the scheduler may do with it (spec 03 §9). */
export interface SchedulableQueue extends Pick<JobQueueSettings, 'arn' | 'priority'> {
  readonly status: ComputeEnvironmentSettings['status'];
  /** Present: it starts no job until it is released. */
  readonly hold?: unknown;
  /** In ascending `order`. */
  readonly computeEnvironmentOrder: readonly { readonly computeEnvironment: string }[];
}

/** What the scheduler is told of a compute environment, of which it is known where its jobs run and whether its engine can. */
export function environmentSettings(
  { arn, state, status, kind, computeResources }: SchedulableEnvironment,
  place: Pick<ComputeEnvironmentSettings, 'pool' | 'engineUnavailable' | 'roleRefused'>,
): ComputeEnvironmentSettings {
  const maxvCpus = computeResources?.maxvCpus;
  const refusesNodes = refusalOfNodes(kind, computeResources?.type);
  return {
    arn,
    state,
    status,
    ...(maxvCpus === undefined ? {} : { maxvCpus }),
    ...(refusesNodes === undefined ? {} : { refusesNodes }),
    ...place,
  };
}

/** What the scheduler is told of a job queue. */
export function queueSettings(queue: SchedulableQueue): JobQueueSettings {
  const { arn, priority, status, hold, computeEnvironmentOrder } = queue;
  const isReady = status === 'VALID' || status === 'UPDATING';
  const isHeld = isReady && hold !== undefined;
  return {
    arn,
    priority,
    acceptsPlacement: isReady && !isHeld,
    ...(isHeld ? { isHeld } : {}),
    computeEnvironmentArns: computeEnvironmentOrder.map(({ computeEnvironment }) => computeEnvironment),
  };
}

/** Multi-node jobs run neither in unmanaged environments nor on Spot Instances (spec 01 §14.4). */
function refusalOfNodes(kind: SchedulableEnvironment['kind'], type: string | undefined): string | undefined {
  if (kind === 'UNMANAGED') return 'UNMANAGED, which runs no multi-node parallel jobs';
  if (type === 'SPOT' || type === 'ECS_MANAGED_INSTANCES') return `${type}, which runs no multi-node parallel jobs`;
  return undefined;
}
