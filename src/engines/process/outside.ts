import { spawn } from 'node:child_process';
import { lstatSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sharedScratch } from './host-probe.ts';

/**
 * Discards what the engine of a data directory keeps outside it: the scratch directories of a server that is root, whose
 * data directory its jobs' user could not pass through. Their place is free at once, and a process of its own deletes
 * them. Nothing may run of the engine any more.
 */
export function discardOutside(dataDirectory: string): void {
  const scratch = sharedScratch(dataDirectory);
  const found = lstatSync(scratch, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return;
  const doomed = `${scratch}.deleted-${process.pid}`;
  renameSync(scratch, doomed);
  spawn('rm', ['-rf', '--', doomed], { cwd: '/', detached: true, stdio: 'ignore' }).unref();
}

/**
 * Forgets every task on record in a data directory that is a copy: the tasks are the original's, and so are their
 * processes. Nothing of them is touched but the copied records, scratch directories and sockets.
 */
export function forgetTasks(dataDirectory: string): void {
  rmSync(join(dataDirectory, 'process'), { recursive: true, force: true });
}
