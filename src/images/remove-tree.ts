import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nothing of ours is for this program but where others are. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Removes a tree, of any depth and with names of any bytes, in a process of its own: trees have tens of thousands of files. That it
 * is gone already is fine.
 */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--', path], { env, maxBuffer: 2 ** 20 });
}
