import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import { runnersOf } from '../engines/process/index.ts';
import { pause } from './invocation.ts';

/** How long a runner may take to end its jobs and itself. */
const patience: Milliseconds = 500;

/** Ends the runners that a server left behind to look after jobs in a data directory; the jobs end with them. */
export async function endRunners(directory: string, clock: Clock): Promise<void> {
  for (const { pid } of runnersOf(directory)) signal(pid, 'SIGTERM');
  const until = clock.monotonic() + patience;
  while (runnersOf(directory).length > 0 && clock.monotonic() < until) await pause(clock, 10);
  for (const { pid } of runnersOf(directory)) signal(pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
