import { normalize } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { ContainerSpec, TemporaryFileSystem } from '../../contract.ts';
import { cannotStartContainer } from '../errors.ts';
import { processLimits } from '../limits.ts';

/** A file system in memory that a sandbox can make; never with set-user-id programs or devices. */
export interface CheckedTemporary {
  readonly target: string;
  readonly sizeMiB: number;
  /** Octal. */
  readonly mode: string;
  readonly readOnly: boolean;
  readonly noExec: boolean;
  /** Options that are asked for and not given. */
  readonly ignored: readonly string[];
}

/** As Docker's own. */
const openToAll = '1777';

/** Those that are so anyway, and those that tell nothing apart in memory. */
const withoutEffect = new Set(
  (
    'defaults rw nosuid nodev exec async sync dirsync mand nomand atime noatime diratime nodiratime relatime ' +
    'norelatime strictatime nostrictatime'
  ).split(' '),
);

/**
 * The temporary file systems of a container; /dev/shm is always among them, unless something else lies there, so that no
 * job takes all memory that way; `hasOwnSharedMemory` is false where it shares one. Throws `CannotStart`. Spec 02 §5.9.
 */
export function checkTemporaries(container: ContainerSpec, hasOwnSharedMemory = true): CheckedTemporary[] {
  const { sharedMemoryMiB: asked, mounts, scratchMounts = [], temporaryFileSystems } = container;
  const targets = [...mounts, ...scratchMounts, ...temporaryFileSystems].map(({ target }) => normalize(target));
  const isTaken = targets.some((target) => isWithin('/dev/shm', target));
  const sizeMiB = asked ?? (isTaken ? undefined : processLimits.sharedMemoryMiB);
  const shared = sizeMiB === undefined || !hasOwnSharedMemory ? [] : [{ target: '/dev/shm', sizeMiB }];
  return [...shared, ...temporaryFileSystems].map(checkTemporary);
}

/** What the job does not get of what its temporary file systems ask for, in words. */
export function temporaryNotes(temporaries: readonly CheckedTemporary[]): string[] {
  return temporaries.flatMap(({ target, ignored }) => {
    return ignored.map((option) => `tmpfs ${target}: the mount option ${option} has no effect here`);
  });
}

function checkTemporary({ target, sizeMiB, options = [] }: TemporaryFileSystem): CheckedTemporary {
  if (!target.startsWith('/')) throw cannotStartContainer(`tmpfs ${target} is not an absolute path`);
  const mode = options.flatMap((option) => /^mode=([0-7]{3,4})$/.exec(option)?.[1] ?? []).at(-1);
  return {
    target: normalize(target),
    sizeMiB,
    mode: mode ?? openToAll,
    readOnly: isOn(options, 'ro', 'rw'),
    noExec: isOn(options, 'noexec', 'exec'),
    ignored: options.filter((option) => !isGiven(option)),
  };
}

/** The later of an option and its opposite counts. */
function isOn(options: readonly string[], option: string, opposite: string): boolean {
  return options.lastIndexOf(option) > options.lastIndexOf(opposite);
}

function isGiven(option: string): boolean {
  return option === 'ro' || option === 'noexec' || /^mode=[0-7]{3,4}$/.test(option) || withoutEffect.has(option);
}
