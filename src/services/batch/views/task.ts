import type { AttemptDetail, AttemptTaskContainerDetails, EcsTaskDetails } from '@aws-sdk/client-batch';
import type { AttemptRecord, ContainerOutcome } from '../../../core/job.ts';
import { defaultContainer, type NodeSpecification } from '../../../core/job-specification.ts';
import { taskDetailOf } from '../definition/container-detail.ts';
import type { ShownState } from '../shown-jobs.ts';
import { attemptsOf } from './attempts.ts';

/** The task of `ecsProperties`, and where its latest attempt runs or what became of each container. Spec 03 §2. */
export function taskDetail(node: NodeSpecification, state: ShownState): EcsTaskDetails {
  const detail = taskDetailOf(node);
  const latest = latestTask(state);
  return {
    ...detail,
    ...latest.task,
    containers: detail.containers.map((container) => ({
      ...container,
      ...latest.containers.get(container.name ?? defaultContainer),
    })),
  };
}

/** An attempt of such a task: what became of each container by its name. */
export function taskAttemptDetail({ startedAt, stoppedAt, statusReason, ...task }: AttemptRecord): AttemptDetail {
  const { containerInstanceArn, taskArn } = task;
  const containers = task.containers.map((container) => ({
    name: container.name,
    ...outcomeDetail(container),
    networkInterfaces: [],
  }));
  return {
    container: { networkInterfaces: [] },
    startedAt,
    stoppedAt,
    statusReason,
    taskProperties: [{ containerInstanceArn, taskArn, containers }],
  };
}

type Outcome = Omit<AttemptTaskContainerDetails, 'name' | 'networkInterfaces'>;

interface LatestTask {
  readonly task: Pick<EcsTaskDetails, 'containerInstanceArn' | 'taskArn'>;
  readonly containers: ReadonlyMap<string, Outcome>;
}

/** An attempt has a task from STARTING on, and log streams from RUNNING on (spec 01 §7). */
function latestTask(state: ShownState): LatestTask {
  if ('placement' in state) {
    const { containerInstanceArn, taskArn, containers } = state.placement;
    const streams = containers.flatMap(({ name, logStreamName }) =>
      state.status === 'RUNNING' && logStreamName !== undefined ? [[name, { logStreamName }] as const] : [],
    );
    return { task: { containerInstanceArn, taskArn }, containers: new Map(streams) };
  }
  const last = attemptsOf(state).at(-1);
  if (!last) return { task: {}, containers: new Map() };
  const { containerInstanceArn, taskArn } = last;
  const containers = new Map(last.containers.map((container) => [container.name, outcomeDetail(container)]));
  return { task: { containerInstanceArn, taskArn }, containers };
}

function outcomeDetail({ exitCode, reason, logStreamName }: ContainerOutcome): Outcome {
  return { exitCode, reason, logStreamName };
}
