import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RootFiles } from './images.ts';
import { exists, isWithin } from './paths.ts';
import { type RootStep, showEntries } from './root-view.ts';

/**
 * What an image brings in its own /tmp and /var/tmp, read-only: the attempt's directory lies over both, and would hide it. That is
 * one directory for the two, so what only one of them brings is seen in it alone, and of two of one name each in its place. An entry
 * in which something was asked for at `targets` is left out, as no mount point could be made in it.
 */
export function imageTemporaries(
  root: RootFiles,
  own: Readonly<Record<'/tmp' | '/var/tmp', string>>,
  targets: readonly string[],
): readonly RootStep[] {
  if (!root.mapped) return [];
  const places = [...new Set([own['/tmp'], own['/var/tmp']])];
  const isThere = (path: string) => exists(path) && lstatSync(path).isDirectory();
  const there = places.filter((place) => isThere(join(root.directory, place)));
  const links = new Set<string>();
  return there
    .flatMap((place) => showEntries(root.directory, place, []))
    .filter((step) => {
      if (!('target' in step) || targets.some((target) => isWithin(target, step.target))) return false;
      // A link stays in the directory that the two share: it is made once.
      const name = basename(step.target);
      return step.kind !== 'link' || links.size !== links.add(name).size;
    });
}
