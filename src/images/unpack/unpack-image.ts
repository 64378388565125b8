import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { PullFailed } from '../contract.ts';
import { unpackLimits } from './limits.ts';
import type { UnpackedTree, UnpackRequest } from './request.ts';
import { runUnpacker } from './run-unpacker.ts';

/**
 * Lays the layers of an image over each other as one tree of files, all its owner's, in a process of its own. What is in it is on the
 * disk when the promise resolves; else nothing is left at `into`. Rejects with `PullFailed`, with `PullStalled` where the disk is full,
 * and with the reason of the signal.
 */
export async function unpackImage(request: UnpackRequest): Promise<UnpackedTree> {
  const { layers, into, owner, clock, signal, onProgress } = request;
  const limits = { ...unpackLimits, ...request.limits };
  await mkdir(into, { mode: 0o700 });
  try {
    const run = { clock, silenceMs: limits.silenceMs, ...(signal && { signal }), ...(onProgress && { onProgress }) };
    const tree = await runUnpacker({ version: 1, kind: 'unpack', layers, into, owner, limits }, run);
    await synced(into);
    signal?.throwIfAborted();
    return tree;
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

/** Has the disk hold the tree, all of it: a name that a power failure survives must not be that of empty files. */
function synced(tree: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sync', ['-f', '.'], { cwd: tree, stdio: 'ignore', env: {} });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new PullFailed(`the image's files could not be made durable: sync ended with ${signal ?? code}`));
    });
  });
}
