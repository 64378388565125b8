import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import { pause } from './invocation.ts';

/** How long a runner may take to end its jobs and itself. */
const patience: Milliseconds = 500;

/** Ends the runners that a server left behind to look after jobs in a data directory; the jobs end with them. */
export async function endRunners(directory: string, clock: Clock): Promise<void> {
  const runners = runnersOf(directory);
  for (const pid of runners) signal(pid, 'SIGTERM');
  const until = clock.monotonic() + patience;
  while (runnersOf(directory).length > 0 && clock.monotonic() < until) await pause(clock, 10);
  for (const pid of runnersOf(directory)) signal(pid, 'SIGKILL');
}

/** A runner's command line names the files that it works on. Linux shows it under /proc; elsewhere none is found. */
function runnersOf(directory: string): readonly number[] {
  const mark = JSON.stringify(join(directory, 'process', 'tasks'));
  return processIds().filter((pid) => {
    const command = commandLine(pid);
    return command.includes('/engines/process/runner.') && command.includes(mark);
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for a process that is gone or a zombie. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
