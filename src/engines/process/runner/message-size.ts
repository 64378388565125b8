import type { StartFailed, TaskSpec } from '../../contract.ts';
import { processLimits } from '../limits.ts';
import { encodeMessage } from './protocol.ts';

/** JSON writes one character as six at most. */
const longestEscape = 6;

/**
 * Why a task cannot be told to a runner, which hangs up on what is longer than a message may be: values of secrets can make
 * much of a short definition. Undefined if it can.
 */
export function refusalOfSize(task: TaskSpec): StartFailed | undefined {
  const variables = task.containers.flatMap(({ environment, secrets }) => [environment, secrets]);
  const characters = variables.flatMap(Object.values<string>).reduce((sum, { length }) => sum + length, 0);
  // All else of a task is as long as the request that it came with.
  if (characters * longestEscape < processLimits.messageBytes / 2) return undefined;
  const { length } = encodeMessage({ kind: 'start', id: Number.MAX_SAFE_INTEGER, task });
  if (length <= processLimits.messageBytes) return undefined;
  const words = `the task has ${length} bytes with its variables, more than the ${processLimits.messageBytes} that a runner takes`;
  return { kind: 'failed', reason: `CannotStartContainerError: ${words}` };
}
