import { join, normalize, relative } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { Mount, ScratchMount } from '../../contract.ts';
import { cannotStartContainer } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { realPath } from './paths.ts';
import { checkSource, type OpenedSource, openSource, ownDirectories } from './sources.ts';

/** A mount that may be made: its source is allowed, and has no symbolic link left in it. */
export interface CheckedMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly isDirectory: boolean;
  /** What was checked, held open; absent for a directory of ours that no job can replace. */
  readonly opened?: OpenedSource;
  /** Places under `target`, relative to it, that the job must not see: the data directory and the homes of jobs, when the source holds them. */
  readonly hidden: readonly string[];
  /**
   * Directories on the way there, relative to it, outer ones first: the job must not give them other names, or what is hidden would be
   * seen under those. Absent where it cannot.
   */
  readonly fixed?: readonly string[];
}

/**
 * Checks a mount against `hostPaths`, and makes a missing source as AWS does, for the job's user. Spec 02, volumes. The
 * caller closes what it holds open.
 */
export function checkMount(mount: Mount, identity: Identity, config: RunnerConfig): CheckedMount {
  const target = checkTarget(mount.target);
  const opened = openSource(mount, identity, config);
  const ours = ownDirectories(config).map(realPath);
  const hidden = ours.filter((own) => isWithin(own, opened.path)).map((own) => relative(opened.path, own));
  return {
    source: opened.path,
    target,
    readOnly: mount.readOnly,
    isDirectory: opened.isDirectory,
    opened,
    hidden,
    ...(mount.readOnly ? {} : { fixed: [...new Set(hidden.flatMap(directoriesAbove))] }),
  };
}

/** Of a relative path those that it leads through, outer ones first. */
function directoriesAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_name, index) => names.slice(0, index + 1).join('/'));
}

/** What of a mount can be told without opening it. Throws `CannotStart`. */
export function checkMountWords(mount: Mount, config: RunnerConfig): void {
  checkTarget(mount.target);
  checkSource(mount, config);
}

/** What lies somewhere in a container. */
type Placed = Pick<Mount, 'target'>;

/** Throws `CannotStart`, in Docker's words, where two things are to lie at one place: the container would see one of them alone. */
export function refuseDuplicates(asked: {
  readonly mounts: readonly Placed[];
  readonly scratchMounts?: readonly Placed[];
  readonly temporaryFileSystems?: readonly Placed[];
}): void {
  const { mounts, scratchMounts = [], temporaryFileSystems = [] } = asked;
  const targets = [...mounts, ...scratchMounts, ...temporaryFileSystems].map(({ target }) => checkTarget(target));
  const twice = targets.find((target, index) => targets.indexOf(target) < index);
  if (twice !== undefined) throw cannotStartContainer(`Duplicate mount point: ${twice}`);
}

/** A volume without host path: a directory of the task's own, made when it starts. */
export function checkScratchMount(mount: ScratchMount, source: string): CheckedMount {
  const { readOnly } = mount;
  return { source, target: checkTarget(mount.target), readOnly, isDirectory: true, hidden: [] };
}

/** Where the hidden places of a mount are in the sandbox. */
export function hiddenIn({ target, hidden }: CheckedMount): string[] {
  return hidden.map((path) => join(target, path));
}

function checkTarget(asked: string): string {
  if (!asked.startsWith('/')) throw cannotStartContainer(`mount point ${asked} is not an absolute path`);
  const target = normalize(asked);
  return target.length > 1 && target.endsWith('/') ? target.slice(0, -1) : target;
}
