import type { Milliseconds } from '../core/ids.ts';
import type { ContainerSpec, TaskSpec } from './contract.ts';

/** What of a task says how long its stops may take. */
interface StoppedTask extends Pick<TaskSpec, 'stopGrace'> {
  readonly containers: readonly Pick<ContainerSpec, 'stopGrace'>[];
}

/**
 * From SIGTERM to SIGKILL, for one container of a task whose stop allows `asked`: its own, where the task's usual grace would
 * apply; never more than a stop that is in a hurry.
 */
export function graceOf(
  { containers, stopGrace: usual }: StoppedTask,
  index: number,
  asked: Milliseconds,
): Milliseconds {
  const own = containers[index]?.stopGrace ?? asked;
  return asked < usual ? Math.min(asked, own) : own;
}
