import { readlinkSync } from 'node:fs';
import { Refused, shown } from './refusal.ts';

/**
 * Throws `Refused` if what is open lies below none of these directories, whose paths have no link in them. Of what is open, and
 * not of a path, which may lead elsewhere by the time that it is opened.
 */
export function checkInside(descriptor: number, directories: readonly string[], name: string): void {
  const real = readlinkSync(`/proc/self/fd/${descriptor}`);
  if (directories.some((directory) => real === directory || real.startsWith(directory.replace(/\/?$/, '/')))) return;
  throw new Refused(`${shown(name)} leads out of ${directories.join(', ') || 'all that is allowed'}`);
}
