import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CgroupPlace, type CgroupPlaces, type CgroupUse, ContainerCgroup, cgroupUses } from './cgroups.ts';

/** Where the hierarchies are mounted, as `/proc/self/mountinfo` and `/proc/self/cgroup` tell. */
export interface CgroupMounts {
  /** Mount point by version 1 controller. */
  readonly version1: Readonly<Record<string, string>>;
  readonly version2?: string;
  /** Own group by version 1 controller, and `''` for version 2. */
  readonly own: Readonly<Record<string, string>>;
}

/** A file that must exist in a group for its use to work. */
const needed: Record<CgroupUse, { readonly 1?: string; readonly 2?: string }> = {
  memory: { 1: 'memory.limit_in_bytes', 2: 'memory.max' },
  cpu: { 1: 'cpu.shares', 2: 'cpu.weight' },
  pids: { 1: 'pids.max', 2: 'pids.max' },
  cpuacct: { 1: 'cpuacct.usage' },
  kill: { 2: 'cgroup.kill' },
  freezer: { 1: 'freezer.state' },
  blkio: { 1: 'blkio.throttle.io_service_bytes', 2: 'io.stat' },
};

/**
 * Finds out, by doing it, in which control group hierarchies this process may make groups and move others in. Works on
 * version 1, 2 and both at once; finds nothing without permission. Groups go under `batchyard/<name>` of the root, or
 * of the own group when the root is closed (a delegated subtree).
 */
export async function probeCgroups(
  name: string,
  readMounts: () => CgroupMounts = readCgroupMounts,
): Promise<CgroupPlaces> {
  const mounts = readMounts();
  const guinea = spawn('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  const gone = new Promise<void>((resolve) => guinea.once('close', () => resolve()).once('error', () => resolve()));
  try {
    if (guinea.pid === undefined) return {};
    const pid = guinea.pid;
    const found = cgroupUses.flatMap((use) => {
      const place = candidates(mounts, use, name).find((candidate) => works(candidate, use, pid));
      return place ? [[use, place] as const] : [];
    });
    return Object.fromEntries(found);
  } finally {
    guinea.kill('SIGKILL');
    await gone;
    removeProbes(mounts, name);
  }
}

/** Reads how the hierarchies are mounted; nothing on a system without them. */
export function readCgroupMounts(): CgroupMounts {
  const version1: Record<string, string> = {};
  let version2: string | undefined;
  for (const line of readLines('/proc/self/mountinfo')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4] ?? '';
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') version2 ??= point;
    if (type === 'cgroup') for (const option of options.split(',')) version1[option] ??= point;
  }
  return { version1, own: readOwnGroups(), ...(version2 === undefined ? {} : { version2 }) };
}

function readOwnGroups(): Record<string, string> {
  const own: Record<string, string> = {};
  for (const line of readLines('/proc/self/cgroup')) {
    const [, controllers = '', ...path] = line.split(':');
    for (const controller of controllers.split(',')) own[controller] = path.join(':');
  }
  return own;
}

function candidates(mounts: CgroupMounts, use: CgroupUse, name: string): CgroupPlace[] {
  const controller = mounts.version1[use];
  const places = (version: 1 | 2, mount: string, own: string | undefined): CgroupPlace[] =>
    ['/', own ?? '/'].map((group) => ({ version, directory: join(mount, group, 'batchyard', name) }));
  return [
    ...(controller && needed[use][1] ? places(1, controller, mounts.own[use]) : []),
    ...(mounts.version2 && needed[use][2] ? places(2, mounts.version2, mounts.own['']) : []),
  ];
}

function works(place: CgroupPlace, use: CgroupUse, pid: number): boolean {
  const file = needed[use][place.version];
  const probe = join(place.directory, 'probe');
  if (file === undefined) return false;
  try {
    mkdirSync(place.directory, { recursive: true });
    if (place.version === 2) enableControllers(place.directory);
    mkdirSync(probe, { recursive: true });
    if (!existsSync(join(probe, file))) return false;
    new ContainerCgroup({ [use]: place }, 'probe').join(pid);
    return true;
  } catch {
    return false; // read-only, or not ours
  }
}

/** A version 2 group has only the controllers that every group above it passes on. */
function enableControllers(directory: string): void {
  const above = join(directory, '..');
  for (const group of [join(above, '..'), above, directory]) {
    for (const controller of ['memory', 'cpu', 'pids', 'io']) {
      try {
        writeFileSync(join(group, 'cgroup.subtree_control'), `+${controller}`);
      } catch {
        // Not there, not ours, or processes in the way: the needed file will be missing, and the use with it.
      }
    }
  }
}

function removeProbes(mounts: CgroupMounts, name: string): void {
  const places = cgroupUses.flatMap((use) => candidates(mounts, use, name));
  for (const directory of new Set(places.map((place) => place.directory))) {
    for (const path of [join(directory, 'probe'), directory, join(directory, '..')]) removeEmpty(path);
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // In use, or never made.
  }
}

/** Makes the directories that groups are made in; a probe leaves none behind. */
export function prepareCgroups(places: CgroupPlaces): void {
  for (const place of Object.values(places)) {
    mkdirSync(place.directory, { recursive: true });
    if (place.version === 2) enableControllers(place.directory);
  }
}

/** Removes the directories that groups are made in, if no group is left in them. */
export function forgetCgroups(places: CgroupPlaces): void {
  for (const place of Object.values(places)) {
    removeEmpty(place.directory);
    removeEmpty(join(place.directory, '..'));
  }
}

/** Removes what a runner that died left: groups of tasks that are no more. */
export function removeStaleGroups(places: CgroupPlaces, isCurrent: (group: string) => boolean): void {
  for (const directory of new Set(Object.values(places).map((place) => place.directory))) {
    for (const group of readDirectories(directory)) {
      if (!isCurrent(group)) new ContainerCgroup(places, group).remove();
    }
  }
}

/** Ends whatever is left in the groups that `isOf` names. */
export function killGroups(places: CgroupPlaces, isOf: (group: string) => boolean): void {
  for (const directory of new Set(Object.values(places).map((place) => place.directory))) {
    for (const group of readDirectories(directory).filter(isOf)) new ContainerCgroup(places, group).kill();
  }
}

function readDirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
  } catch {
    return [];
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
