import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeWayForDirectory } from '../../core/set-aside.ts';

/** Where a store has what; all of one file system, so that a rename moves a tree. */
export interface Places {
  readonly blobs: string;
  readonly trees: string;
  /** What is being made or removed. */
  readonly drafts: string;
  readonly names: string;
}

/** Makes the directories of a store, for this user's eyes only. */
export async function makePlaces(directory: string, warn: (words: string) => void): Promise<Places> {
  const places = {
    blobs: join(directory, 'blobs'),
    trees: join(directory, 'trees'),
    drafts: join(directory, 'tmp'),
    names: join(directory, 'refs.json'),
  };
  for (const path of [directory, places.blobs, places.trees, places.drafts]) {
    makeWayForDirectory(path, warn);
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  return places;
}
