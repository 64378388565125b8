import { existsSync, mkdirSync, openSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerUsage } from '../../task-usage.ts';
import { errorCode } from '../errors.ts';
import { readKernelFile } from './kernel-files.ts';

/** What a hierarchy of control groups is used for. `kill` is a version 2 group, which ends all its processes at once. */
export const cgroupUses = ['memory', 'cpu', 'pids', 'cpuacct', 'kill', 'freezer', 'blkio'] as const;
export type CgroupUse = (typeof cgroupUses)[number];

/** Where this installation may make groups of one use. On pure version 2 hosts all uses share one directory. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** The uses that work here; empty without permission. */
export type CgroupPlaces = Readonly<Partial<Record<CgroupUse, CgroupPlace>>>;

/** What a container is given. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  /** Swap on top of it. */
  readonly swapBytes: number;
  /** How willingly the kernel swaps, 0 to 100; version 1 alone has it. */
  readonly swappiness?: number;
  readonly vcpus: number;
  readonly pids: number;
  /** Whether `vcpus` is a ceiling, too; else it is only the share under contention, as on AWS. */
  readonly cpuQuota: boolean;
}

/** What a container used. */
export interface CgroupUsage {
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
}

/** The control groups of one container. */
export class ContainerCgroup {
  readonly #places: CgroupPlaces;
  readonly #name: string;
  readonly #directories: readonly string[];

  constructor(places: CgroupPlaces, name: string) {
    this.#places = places;
    this.#name = name;
    const parents = new Set(Object.values(places).map((place) => place.directory));
    this.#directories = [...parents].map((directory) => join(directory, name));
  }

  /** Makes the groups and sets their limits. */
  create(limits: CgroupLimits): void {
    for (const directory of this.#directories) mkdirSync(directory, { recursive: true });
    for (const use of ['memory', 'cpu', 'pids'] as const) {
      const place = this.#places[use];
      if (!place) continue;
      for (const [file, value] of limitFiles[use](place.version, limits)) this.#set(use, file, value);
    }
  }

  /** Moves a process in, and with it all that it will start. */
  join(pid: number): void {
    for (const directory of this.#directories) writeFileSync(join(directory, 'cgroup.procs'), String(pid));
  }

  /**
   * Opens the files by which a single-threaded process moves itself in: it writes 0 to each. Whoever opened them is asked
   * for permission. A move from outside waits for every processor of the host, some 10 ms when the last was long ago, and
   * one from inside by the files of version 1 for nobody.
   */
  openForJoining(): number[] {
    const version1 = new Set(
      Object.values(this.#places).flatMap((place) => (place.version === 1 ? place.directory : [])),
    );
    return this.#directories.map((directory) => {
      return openSync(join(directory, version1.has(dirname(directory)) ? 'tasks' : 'cgroup.procs'), 'w');
    });
  }

  usage(): CgroupUsage {
    const cpuSeconds = this.#cpuSeconds();
    const peak = this.#number(
      'memory',
      this.#places.memory?.version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes',
    );
    return {
      ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
      ...(peak === undefined ? {} : { peakMemoryBytes: peak }),
    };
  }

  /** The memory that it holds now, less cached files that are not in use. */
  held(): { readonly memoryBytes?: number } {
    const isNew = this.#places.memory?.version === 2;
    const used = this.#number('memory', isNew ? 'memory.current' : 'memory.usage_in_bytes');
    if (used === undefined) return {};
    const statistics = this.#read('memory', 'memory.stat') ?? '';
    const idle = (isNew ? /^inactive_file (\d+)/m : /^total_inactive_file (\d+)/m).exec(statistics)?.[1];
    return { memoryBytes: Math.max(0, used - Number(idle ?? 0)) };
  }

  /** What it has read of block devices and written to them; nothing where that is not counted. */
  storage(): Pick<ContainerUsage, 'storage'> {
    const isNew = this.#places.blkio?.version === 2;
    const text = this.#read('blkio', isNew ? 'io.stat' : 'blkio.throttle.io_service_bytes');
    if (text === undefined) return {};
    const sum = (pattern: RegExp) =>
      Iterator.from(text.matchAll(pattern)).reduce((all, [, bytes]) => all + Number(bytes), 0);
    return isNew
      ? { storage: { readBytes: sum(/\brbytes=(\d+)/g), writtenBytes: sum(/\bwbytes=(\d+)/g) } }
      : { storage: { readBytes: sum(/ Read (\d+)$/gm), writtenBytes: sum(/ Write (\d+)$/gm) } };
  }

  /** How many of its processes the kernel killed for going over the memory limit. */
  outOfMemoryKills(): number {
    const file = this.#places.memory?.version === 2 ? 'memory.events' : 'memory.oom_control';
    return Number(/^oom_kill (\d+)/m.exec(this.#read('memory', file) ?? '')?.[1] ?? 0);
  }

  /** Ends every process: at once where `cgroup.kill` exists, else frozen first so that none can fork away. */
  kill(): void {
    if (this.#places.kill && this.#tryWrite(this.#file('kill', 'cgroup.kill'), '1')) return;
    this.#tryWrite(this.#file('freezer', 'freezer.state'), 'FROZEN');
    for (const pid of this.members()) this.#signal(pid);
    this.#tryWrite(this.#file('freezer', 'freezer.state'), 'THAWED');
  }

  /** Processes still in it. */
  members(): number[] {
    const directory = this.#directories[0];
    if (directory === undefined) return [];
    return (readKernelFile(join(directory, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);
  }

  /** Removes the groups; false if processes are still in one. Does nothing to groups already gone. */
  remove(): boolean {
    return this.#directories.map(removeGroup).every(Boolean);
  }

  #cpuSeconds(): number | undefined {
    const nanoseconds = this.#number('cpuacct', 'cpuacct.usage');
    if (nanoseconds !== undefined) return nanoseconds / 1e9;
    const microseconds = /^usage_usec (\d+)/m.exec(this.#read('kill', 'cpu.stat') ?? '')?.[1];
    return microseconds === undefined ? undefined : Number(microseconds) / 1e6;
  }

  #set(use: CgroupUse, file: string, value: string): void {
    const path = this.#file(use, file);
    try {
      if (path) writeFileSync(path, value);
    } catch (error) {
      // Swap limits exist only where the kernel accounts swap; cgroupfs lets nobody create a file.
      if (!swapFiles.has(file) || !['ENOENT', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    }
  }

  #number(use: CgroupUse, file: string): number | undefined {
    const text = this.#read(use, file);
    return text === undefined ? undefined : Number(text);
  }

  #read(use: CgroupUse, file: string): string | undefined {
    const path = this.#file(use, file);
    return path && readKernelFile(path);
  }

  #file(use: CgroupUse, file: string): string | undefined {
    const place = this.#places[use];
    return place && join(place.directory, this.#name, file);
  }

  #tryWrite(path: string | undefined, value: string): boolean {
    if (path === undefined) return false;
    try {
      writeFileSync(path, value);
      return true;
    } catch {
      return false; // gone, or an older kernel without it: the next way is tried
    }
  }

  #signal(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

/** How many groups a container has: one in each directory. */
export function countGroups(places: CgroupPlaces): number {
  return new Set(Object.values(places).map((place) => place.directory)).size;
}

/** Whether swap of a container can be limited here, and how willingly it is swapped out be set. */
export function swapAbilities({ memory }: CgroupPlaces): { readonly limit: boolean; readonly swappiness: boolean } {
  if (!memory) return { limit: false, swappiness: false };
  const has = (file: string) => existsSync(join(memory.directory, file));
  if (memory.version === 2) return { limit: has('memory.swap.max'), swappiness: false };
  return { limit: has('memory.memsw.limit_in_bytes'), swappiness: has('memory.swappiness') };
}

const swapFiles: ReadonlySet<string> = new Set(['memory.memsw.limit_in_bytes', 'memory.swap.max', 'memory.swappiness']);

type LimitFiles = (version: 1 | 2, limits: CgroupLimits) => [file: string, value: string][];

/** The period of a CPU quota, in microseconds: the kernel's own default. */
const quotaPeriod = 100_000;

const limitFiles: Record<'memory' | 'cpu' | 'pids', LimitFiles> = {
  memory: (version, { memoryBytes, swapBytes, swappiness }) =>
    version === 2
      ? [
          ['memory.max', String(memoryBytes)],
          ['memory.swap.max', String(swapBytes)],
        ]
      : [
          ['memory.limit_in_bytes', String(memoryBytes)],
          ['memory.memsw.limit_in_bytes', String(memoryBytes + swapBytes)],
          ...(swappiness === undefined ? [] : [limitFile('memory.swappiness', String(swappiness))]),
        ],
  cpu: (version, { vcpus, cpuQuota }) => {
    const shares = Math.max(2, Math.round(vcpus * 1024));
    const quota = String(Math.max(1000, Math.round(vcpus * quotaPeriod)));
    if (version === 2) {
      const weight = Math.min(10_000, 1 + Math.floor(((shares - 2) * 9999) / 262_142));
      return [['cpu.weight', String(weight)], ...(cpuQuota ? [limitFile('cpu.max', `${quota} ${quotaPeriod}`)] : [])];
    }
    return [['cpu.shares', String(shares)], ...(cpuQuota ? [limitFile('cpu.cfs_quota_us', quota)] : [])];
  },
  pids: (_version, { pids }) => [['pids.max', String(pids)]],
};

function limitFile(file: string, value: string): [string, string] {
  return [file, value];
}

function removeGroup(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}
