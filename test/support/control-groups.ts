import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** The control groups of an installation's jobs, in every hierarchy: none once all jobs have ended and are released. */
export function jobGroupsOf(installation: string): readonly string[] {
  return installationGroups(installation).flatMap((directory) =>
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name)),
  );
}

/** Removes what a killed runner left. Its processes must be gone. */
export function removeGroupsOf(installation: string): void {
  for (const directory of jobGroupsOf(installation)) removeIfThere(directory);
  for (const directory of installationGroups(installation)) {
    removeIfThere(directory);
    removeIfThere(join(directory, '..'));
  }
}

function installationGroups(installation: string): readonly string[] {
  const found = mountPoints().flatMap((mount) => [mount, join(mount, ownGroup())]);
  const candidates = found.map((parent) => join(parent, 'batchyard', installation));
  return [...new Set(candidates)].filter((directory) => existsSync(directory));
}

function mountPoints(): readonly string[] {
  if (!existsSync('/proc/self/mountinfo')) return [];
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
}

function ownGroup(): string {
  return /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
}

function removeIfThere(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Gone, or shared with another installation's groups.
  }
}
