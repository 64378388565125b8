import { join, normalize, relative } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { Mount, ScratchMount } from '../../contract.ts';
import { cannotStartContainer } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { realPath } from './paths.ts';
import { checkSource, type OpenedSource, openSource } from './sources.ts';

/** A mount that may be made: its source is allowed, and has no symbolic link left in it. */
export interface CheckedMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly isDirectory: boolean;
  /** What was checked, held open; absent for a directory of ours that no job can replace. */
  readonly opened?: OpenedSource;
  /** Places under `target`, relative to it, that the job must not see: the data directory, when the source holds it. */
  readonly hidden: readonly string[];
}

/**
 * Checks a mount against `hostPaths`, and makes a missing source as AWS does, for the job's user. Spec 02, volumes. The
 * caller closes what it holds open.
 */
export function checkMount(mount: Mount, identity: Identity, config: RunnerConfig): CheckedMount {
  const target = checkTarget(mount.target);
  const opened = openSource(mount, identity, config);
  const dataDirectory = realPath(config.dataDirectory);
  return {
    source: opened.path,
    target,
    readOnly: mount.readOnly,
    isDirectory: opened.isDirectory,
    opened,
    hidden: isWithin(dataDirectory, opened.path) ? [relative(opened.path, dataDirectory)] : [],
  };
}

/** What of a mount can be told without opening it. Throws `CannotStart`. */
export function checkMountWords(mount: Mount, config: RunnerConfig): void {
  checkTarget(mount.target);
  checkSource(mount, config);
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
