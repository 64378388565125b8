import type { Milliseconds } from '../core/ids.ts';
import type { EndCause } from '../core/job.ts';

/** From SIGTERM to SIGKILL when a job is terminated or times out (spec 01 §11). */
export const stopGraceMilliseconds: Milliseconds = 30_000;

/** AWS's words in `statusReason` where the service itself, not an engine or a user, ends a job. */
export const statusReasons = {
  dependencyFailed: 'Dependent Job failed',
  childFailed: 'Array Child Job failed',
  timedOut: 'Job attempt duration exceeded timeout',
} as const;

/** AWS's words in an attempt's `statusReason` by how its task ended, where the engine has none of its own. */
export const endReasons: Readonly<Record<EndCause, string>> = {
  exited: 'Essential container in task exited',
  stopped: 'Task stopped',
  'failed-to-start': 'Task failed to start',
  // Begins with `Host EC2`: the documented pattern for host failures is `Host EC2*` (spec 06, best practices).
  lost: 'Host EC2 terminated.',
};
