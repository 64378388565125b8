import { mkdir } from 'node:fs/promises';
import { removeTree } from '../remove-tree.ts';
import { unpackLimits } from './limits.ts';
import type { UnpackedTree, UnpackRequest } from './request.ts';
import { runUnpacker } from './run-unpacker.ts';
import { synced } from './synced.ts';

/**
 * Lays the layers of an image over each other as one tree of files, all its owner's, in a process of its own. What is in it is on the
 * disk when the promise resolves; else nothing is left at `into`, which takes as long as the disk does: who waits for an image gives up
 * by himself. Rejects with `PullFailed`, with `PullStalled` where the disk is full, and with the reason of the signal.
 */
export async function unpackImage(request: UnpackRequest): Promise<UnpackedTree> {
  const { layers, into, owner, clock, signal, onProgress } = request;
  const limits = { ...unpackLimits, ...request.limits };
  await mkdir(into, { mode: 0o700 });
  try {
    const run = { clock, silenceMs: limits.silenceMs, ...(signal && { signal }), ...(onProgress && { onProgress }) };
    const tree = await runUnpacker({ version: 1, kind: 'unpack', layers, into, owner, limits }, run);
    await synced(into, { clock, withinMs: limits.syncMs, ...(signal && { signal }) });
    return tree;
  } catch (error) {
    await removeTree(into);
    throw error;
  }
}
