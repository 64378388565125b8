import { closeSync, constants, fchownSync, fstatSync, openSync } from 'node:fs';
import { layerTypes } from '../manifest/index.ts';
import { ByteBudget } from './byte-budget.ts';
import { openRoot } from './directories.ts';
import { Entries } from './entries.ts';
import { finishTree } from './finish-tree.ts';
import { checkInside } from './inside.ts';
import { LeftOut } from './left-out.ts';
import { makeMountPoints } from './mount-points.ts';
import { readTar } from './read-tar.ts';
import { Refused } from './refusal.ts';
import type { LayerFile, TreeOwner, UnpackedTree, UnpackProgress } from './request.ts';
import { Tree } from './tree.ts';
import type { UnpackOrder } from './words.ts';

interface OpenLayer extends LayerFile {
  readonly descriptor: number;
  readonly size: number;
}

/**
 * Lays the layers over each other in the empty directory `into`, as its owner. For a process of its own, whose rights are the
 * owner's alone from then on. Rejects with `Refused`, and with what the system refuses.
 */
export async function unpackLayers(
  order: UnpackOrder,
  onProgress: (progress: UnpackProgress) => void,
): Promise<UnpackedTree> {
  const { limits } = order;
  if (order.layers.length > limits.layers) throw new Refused(`more than ${limits.layers} layers`);
  const root = openRoot(order.into);
  const layers = order.layers.map(openLayer);
  if (order.owner !== undefined) becomeOwner(root, order.owner);
  const leftOut = new LeftOut();
  const tree = new Tree(root, limits);
  const entries = new Entries(tree, limits, leftOut);
  const budget = new ByteBudget(limits, `/proc/self/fd/${root}`);
  const progress = { bytes: 0, totalBytes: layers.reduce((sum, { size }) => sum + size, 0) };
  const onRead = (bytes: number) => {
    progress.bytes += bytes;
    onProgress(progress);
  };
  for (const layer of layers) {
    tree.beginLayer();
    await inLayer(layer, async () => {
      const diffId = await readTar({
        descriptor: layer.descriptor,
        onEntry: (header) => entries.add(header),
        onRead,
        onUnpacked: (bytes) => budget.spend(bytes),
      });
      if (diffId !== layer.diffId) throw new Refused(`its files have the digest ${diffId}`);
    });
    closeSync(layer.descriptor);
  }
  makeMountPoints(tree, leftOut);
  const size = finishTree(root, tree.facts, () => onProgress(progress));
  tree.close();
  closeSync(root);
  return { ...size, notes: leftOut.inWords() };
}

/** Says in which layer something was refused. */
async function inLayer({ diffId }: LayerFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof Refused
      ? new Refused(`failed to register layer ${diffId}: ${error.message}`, { cause: error })
      : error;
  }
}

function openLayer(layer: LayerFile): OpenLayer {
  if (!layerTypes.has(layer.mediaType))
    throw new Refused(
      `layer ${layer.diffId}: its type is ${JSON.stringify(layer.mediaType.slice(0, 100))}, which are no files`,
    );
  // What is no file could keep an open waiting.
  const descriptor = openSync(layer.path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = fstatSync(descriptor);
  if (layer.within !== undefined) checkInside(descriptor, [layer.within], `layer ${layer.diffId}`);
  if (!stat.isFile()) throw new Refused(`layer ${layer.diffId} is no file`);
  return { ...layer, descriptor, size: stat.size };
}

/** Whatever an archive might get past the rest could then do no more than the jobs of its image. */
function becomeOwner(root: number, { uid, gid }: TreeOwner): void {
  if (process.geteuid?.() === uid && process.getegid?.() === gid) return;
  fchownSync(root, uid, gid);
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
