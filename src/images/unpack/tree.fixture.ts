import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type UnpackLimits, unpackLimits } from './limits.ts';
import type { LayerFile, UnpackedTree } from './request.ts';
import { unpackLayers } from './unpack-layers.ts';

/** Unpacks in this process, as whoever runs the test: nothing but the walk itself stands between an archive and the disk. */
export async function unpackHere(
  layers: readonly LayerFile[],
  into: string,
  limits: Partial<UnpackLimits> = {},
  onProgress: () => void = () => {},
): Promise<UnpackedTree> {
  mkdirSync(into, { mode: 0o700 });
  const before = process.umask(0);
  const order = {
    version: 1,
    kind: 'unpack',
    layers,
    into,
    owner: undefined,
    limits: { ...unpackLimits, ...limits },
  } as const;
  try {
    return await unpackLayers(order, onProgress);
  } finally {
    process.umask(before);
  }
}

/** All that is in a directory, by path: a file's text, where a link leads, `/` of a directory. */
export function contentsOf(directory: string, below = ''): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(directory, below)).toSorted()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = lstatSync(join(directory, path));
    if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(directory, path))}`;
    else if (stat.isDirectory()) Object.assign(found, { [path]: '/' }, contentsOf(directory, path));
    else found[path] = readFileSync(join(directory, path), 'utf8');
  }
  return found;
}
