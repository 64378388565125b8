import { closeSync } from 'node:fs';
import type { Parts } from './entry-name.ts';
import type { LeftOut } from './left-out.ts';
import { linksOfPath } from './limits.ts';
import { Refused } from './refusal.ts';
import type { Place, Tree } from './tree.ts';

/** What the sandbox mounts over, which must be there: the tree may be mounted read-only. */
const directories: Readonly<Record<string, number>> = {
  proc: 0o755,
  dev: 0o755,
  sys: 0o755,
  run: 0o755,
  tmp: 0o1777,
  'var/tmp': 0o1777,
};
const files = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf'];

/** Makes what is missing of them; links of the image are followed, inside its tree. One that cannot be made is noted. */
export function makeMountPoints(tree: Tree, leftOut: LeftOut): void {
  for (const [name, mode] of Object.entries(directories))
    attempt(name, leftOut, () => makeDirectory(tree, name.split('/'), mode));
  for (const name of files) attempt(name, leftOut, () => makeFile(tree, name.split('/')));
}

function attempt(name: string, leftOut: LeftOut, make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    leftOut.say(`nothing can be mounted at /${name}: ${error.message}`);
  }
}

function makeDirectory(tree: Tree, parts: Parts, mode: number): void {
  if (tree.directories.find(parts, false) !== undefined) return;
  const path = tree.directories.find(parts, true);
  if (path !== undefined) tree.facts.set(path, { mode, modified: 0 });
}

function makeFile(tree: Tree, parts: Parts): void {
  const place = missingFile(tree, parts);
  if (place !== undefined) closeSync(tree.createFile(place, 0o644));
}

/** Where a file is to be made, at the end of all links; undefined if there is one, or a directory. */
function missingFile(tree: Tree, parts: Parts): Place | undefined {
  let left = parts;
  for (let links = 0; links <= linksOfPath; links += 1) {
    const place = tree.place(left, true);
    const found = place === undefined ? 'there' : tree.look(place);
    if (place === undefined || found === 'there') return undefined;
    if (found === 'missing') return place;
    const target = found.link.split('/');
    if (['', '.', '..'].includes(target.at(-1) ?? '')) return undefined;
    left = found.link.startsWith('/') ? target : [...place.directory.split('/'), ...target];
  }
  throw new Refused('too many symbolic links');
}
