import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { RootFiles } from './images.ts';
import { exists } from './paths.ts';
import { type RootStep, showEntries } from './root-view.ts';

/**
 * What an image brings in its own /tmp and /var/tmp, read-only: the attempt's directory lies over both, and would hide it. That is
 * one directory for the two, so what only one of them brings is seen in it alone, and of two of one name each in its place.
 */
export function imageTemporaries(
  root: RootFiles,
  own: Readonly<Record<'/tmp' | '/var/tmp', string>>,
  targets: readonly string[],
): readonly RootStep[] {
  if (root.kind === 'host') return [];
  const places = [...new Set([own['/tmp'], own['/var/tmp']])];
  const links = new Set<string>();
  return places
    .flatMap((place) => imageEntries(root, place, targets))
    .filter((step) => {
      if (step.kind !== 'link') return true;
      // A link stays in the directory that the two share: it is made once.
      const name = basename(step.target);
      return links.size !== links.add(name).size;
    });
}

/**
 * What an image brings in one directory. An entry in which something was asked for at `targets` is left out, as no mount point
 * could be made in it.
 */
export function imageEntries(root: RootFiles, place: string, targets: readonly string[]): readonly RootStep[] {
  const directory = join(root.directory, place);
  if (!exists(directory) || !lstatSync(directory).isDirectory()) return [];
  const steps = showEntries(root.directory, place, []);
  return steps.filter((step) => 'target' in step && !targets.some((target) => isWithin(target, step.target)));
}
