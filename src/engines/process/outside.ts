import { spawn } from 'node:child_process';
import { lstatSync, renameSync, rmSync } from 'node:fs';
import { installationIn } from '../epoch-file.ts';
import { sharedScratch } from './host/host-probe.ts';
import { engineDirectory, processLayout } from './layout.ts';

/**
 * Discards what the engine of a data directory keeps outside it: the scratch directories of a server that is root, whose
 * data directory its jobs' user could not pass through. Their place is free at once, and a process of its own deletes
 * them. Nothing may run of the engine any more, and its files must still be there.
 */
export function discardOutside(dataDirectory: string): void {
  const installationId = installationIn(processLayout(engineDirectory(dataDirectory)).epochFile);
  if (installationId === undefined) return;
  const scratch = sharedScratch(installationId);
  const found = lstatSync(scratch, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return;
  const doomed = `${scratch}.deleted-${process.pid}`;
  renameSync(scratch, doomed);
  const remover = spawn('rm', ['-rf', '--', doomed], { cwd: '/', detached: true, stdio: 'ignore' });
  // Where no process can be started it stays, under a name that nobody uses.
  remover.on('error', () => {}).unref();
}

/**
 * Forgets every task on record in a data directory that is a copy: the tasks are the original's, and so are their
 * processes. Nothing of them is touched but the copied records, scratch directories and sockets.
 */
export function forgetTasks(dataDirectory: string): void {
  rmSync(engineDirectory(dataDirectory), { recursive: true, force: true });
}
