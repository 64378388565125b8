import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isHostShort } from '../core/host-shortage.ts';

const run = promisify(execFile);

/** Nothing of ours is for this program but where others are. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Removes a tree, of any depth and with names of any bytes, in a process of its own: trees have tens of thousands of files. That it
 * is gone already is fine. Where no process can be started, this one does it.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await run('rm', ['-rf', '--', path], { env, maxBuffer: 2 ** 20 });
  } catch (error) {
    if (!isHostShort(error)) throw error;
    await rm(path, { recursive: true, force: true });
  }
}
