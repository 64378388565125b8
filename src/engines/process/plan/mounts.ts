import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import type { Mount, ScratchMount } from '../../contract.ts';
import { cannotStartContainer, errorWords } from '../errors.ts';
import type { Identity } from '../host-abilities.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { exists, isWithin, realPath } from './paths.ts';

/** A mount that may be made: its source exists, is allowed, and has no symbolic link left in it. */
export interface CheckedMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly isDirectory: boolean;
  /** Places under `target` that the job must not see: the data directory, when the source holds it. */
  readonly hidden: readonly string[];
}

/** Checks a mount against `hostPaths`, and makes a missing source as AWS does, for the job's user. Spec 02, volumes. */
export function checkMount(mount: Mount, identity: Identity, config: RunnerConfig): CheckedMount {
  const target = checkTarget(mount.target);
  const source = realPath(mount.source);
  checkAllowed(mount.source, source, config);
  makeSource(source, identity);
  const dataDirectory = realPath(config.dataDirectory);
  return {
    source,
    target,
    readOnly: mount.readOnly,
    isDirectory: statSync(source).isDirectory(),
    hidden: isWithin(dataDirectory, source) ? [join(target, relative(source, dataDirectory))] : [],
  };
}

/** A volume without host path: a directory of the task's own, made when it starts. */
export function checkScratchMount(mount: ScratchMount, source: string): CheckedMount {
  const { readOnly } = mount;
  return { source, target: checkTarget(mount.target), readOnly, isDirectory: true, hidden: [] };
}

function checkTarget(asked: string): string {
  if (!asked.startsWith('/')) throw cannotStartContainer(`mount point ${asked} is not an absolute path`);
  const target = normalize(asked);
  return target.length > 1 && target.endsWith('/') ? target.slice(0, -1) : target;
}

function checkAllowed(asked: string, source: string, config: RunnerConfig): void {
  if (isWithin(source, realPath(config.dataDirectory))) {
    throw cannotStartContainer(`${asked} lies in the server's data directory, which is never mounted`);
  }
  const forbidden = config.neverMounted.map(realPath).find((path) => isWithin(source, path) || isWithin(path, source));
  if (forbidden !== undefined) throw cannotStartContainer(`${asked} would show ${forbidden}, which is never mounted`);
  if (config.hostPaths.some((allowed) => isWithin(source, realPath(allowed)))) return;
  const allowed = config.hostPaths.length === 0 ? 'none is allowed' : `allowed are ${config.hostPaths.join(', ')}`;
  throw cannotStartContainer(`host path ${asked} may not be mounted: ${allowed} (hostPaths of the server)`);
}

function makeSource(source: string, identity: Identity): void {
  if (exists(source)) return;
  try {
    const first = mkdirSync(source, { recursive: true, mode: 0o755 });
    if (first === undefined || process.getuid?.() !== 0) return;
    for (let path = source; isWithin(path, first); path = dirname(path)) chownSync(path, identity.uid, identity.gid);
  } catch (error) {
    throw cannotStartContainer(`host path ${source} cannot be made: ${errorWords(error)}`);
  }
}
