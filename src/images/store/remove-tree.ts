import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nothing of ours is for these programs but where others are. */
const bare = {
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  maxBuffer: 2 ** 20,
};

/**
 * What files and directories take of the disk, in bytes; what has several names among them counts once. By `du`, in a process
 * of its own: trees have tens of thousands of files, with names of any bytes, at any depth.
 */
export async function bytesOnDisk(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0;
  const { stdout } = await run('du', ['-skc', '--', ...paths], bare);
  const total = /(\d+)\ttotal\n$/.exec(stdout)?.[1];
  if (total === undefined) throw new Error(`du says ${JSON.stringify(stdout.slice(-100))}`);
  return Number(total) * 1024;
}

/** Removes a tree, of any depth and with names of any bytes. That it is gone already is fine. */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--', path], bare);
}
