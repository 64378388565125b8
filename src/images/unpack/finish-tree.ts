import { closeSync, fchmodSync, futimesSync, lstatSync } from 'node:fs';
import { openDirectory } from './directories.ts';
import { joined } from './entry-name.ts';
import { pathAt } from './path-at.ts';
import { type DirectoryFacts, namesIn } from './tree.ts';

/** What a tree is, all told. */
export interface TreeSize {
  /** On the disk; what has several names counts once. */
  readonly bytes: number;
  readonly entries: number;
}

/** Gives directories their modes and times, which come last since whatever is made in one changes it, and measures the tree. */
export function finishTree(root: number, facts: ReadonlyMap<string, DirectoryFacts>, beat: () => void): TreeSize {
  const seen = new Set<number>();
  const size = { bytes: 0, entries: 0 };
  const finishBelow = (directory: number, path: string) => {
    beat();
    for (const name of namesIn(directory)) {
      const found = lstatSync(pathAt(directory, name));
      size.entries += 1;
      if (found.nlink === 1 || found.isDirectory() || !seen.has(found.ino)) size.bytes += found.blocks * blockSize;
      if (found.nlink > 1 && !found.isDirectory()) seen.add(found.ino);
      if (found.isDirectory()) finishDirectory(directory, name, joined(path, name));
    }
  };
  const finishDirectory = (parent: number, name: string, path: string) => {
    const directory = openDirectory(parent, name);
    try {
      finishBelow(directory, path);
      settle(directory, facts.get(path));
    } finally {
      closeSync(directory);
    }
  };
  finishBelow(root, '');
  settle(root, facts.get('') ?? { mode: 0o755, modified: 0 });
  return size;
}

/** Of stat's count of blocks, whatever the file system's own are. */
const blockSize = 512;

function settle(directory: number, facts: DirectoryFacts | undefined): void {
  if (facts === undefined) return;
  fchmodSync(directory, facts.mode);
  futimesSync(directory, facts.modified, facts.modified);
}
