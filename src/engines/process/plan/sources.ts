import { closeSync, constants, fstatSync, mkdirSync, openSync, readlinkSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { Mount, SharedFileSystem } from '../../contract.ts';
import { type NewDirectory, openOrMake, openPath } from '../../make-directory.ts';
import { CannotStart, cannotStartContainer, errorWords, isShortage, Shortage } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import { processLimits } from '../limits.ts';
import type { AllowedPath, RunnerConfig } from '../runner/runner-config.ts';
import { realPath } from './paths.ts';

/** A file or directory of the host, held open: what was checked is what is mounted, whatever its path leads to by then. */
export interface OpenedSource {
  readonly descriptor: number;
  /** The way to it when it was opened, with no link in it. */
  readonly path: string;
  /** Device and inode, as `stat -c %d:%i` writes them. */
  readonly inode: string;
  readonly isDirectory: boolean;
}

/** Follows the links of the paths that an operator allows, once. */
export function allowPaths(written: readonly string[]): AllowedPath[] {
  return written.map((path) => ({ written: resolve(path), real: realPath(path) }));
}

/** What a mount asks for, and what is allowed for it. */
interface Asked {
  readonly path: string;
  readonly allowed: readonly AllowedPath[];
  readonly identity: Identity;
  readonly config: RunnerConfig;
  readonly within: SharedFileSystem | undefined;
}

/**
 * Opens the source of a volume, walking name by name from the root directory and never by the kernel through a link: one
 * below an allowed path is followed to where it leads if that is allowed too. Makes what is missing, for the job's user;
 * in a file system of its own only if that says as what. Throws `CannotStart`, and `Shortage` where the host has no room or no
 * descriptors for it. The caller closes the descriptor.
 */
export function openSource(
  { source, within }: Pick<Mount, 'source' | 'within'>,
  identity: Identity,
  config: RunnerConfig,
): OpenedSource {
  const asked = { path: source, allowed: allowedFor(within, config), identity, config, within };
  if (process.platform !== 'linux') return openByPath(asked);
  let path = resolve(source);
  for (let links = 0; links <= processLimits.links; links += 1) {
    const walked = walk(checkAllowed(asked, path), asked);
    if (walked.kind === 'opened') return walked.source;
    path = walked.path;
  }
  throw cannotStartContainer(`host path ${source} leads through too many links`);
}

/** Whether such a volume may be mounted by its path as it is written; where links lead is seen at the start. Throws `CannotStart`. */
export function checkSource({ source, within }: Pick<Mount, 'source' | 'within'>, config: RunnerConfig): void {
  checkAllowed({ path: source, allowed: allowedFor(within, config), config, within }, resolve(source));
}

function allowedFor(within: SharedFileSystem | undefined, config: RunnerConfig): readonly AllowedPath[] {
  return within ? allowPaths([within.root]) : config.hostPaths;
}

/** Where there is no /proc there is no sandbox either: nothing is mounted, and jobs have the rights of the server. */
function openByPath(asked: Asked): OpenedSource {
  const path = checkAllowed(asked, realPath(asked.path));
  if (!asked.within || asked.within.create)
    mkdirSync(path, { recursive: true, mode: asked.within?.create?.mode ?? 0o755 });
  const descriptor = openSync(path, 'r');
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return { descriptor, path, inode: `${dev}:${ino}`, isDirectory: fstatSync(descriptor).isDirectory() };
}

/** The path to walk: below where an allowed path led at the start. */
function checkAllowed({ path: asked, allowed, config, within }: Omit<Asked, 'identity'>, path: string): string {
  const prefix =
    allowed.find(({ real }) => isWithin(path, real)) ?? allowed.find(({ written }) => isWithin(path, written));
  const real = prefix && !isWithin(path, prefix.real) ? prefix.real + path.slice(prefix.written.length) : path;
  const ours = ownDirectories(config).find((own) => isWithin(real, realPath(own)));
  if (ours !== undefined) throw inOwnDirectory(asked, ours, config);
  const forbidden = config.neverMounted.map(realPath).find((never) => isWithin(real, never) || isWithin(never, real));
  if (forbidden !== undefined) throw cannotStartContainer(`${asked} would show ${forbidden}, which is never mounted`);
  if (prefix !== undefined) return real;
  if (within) throw cannotStartContainer(`${asked} leads out of its file system, ${within.root}`);
  const words = allowed.map(({ written }) => written).join(', ');
  throw cannotStartContainer(
    `host path ${asked} may not be mounted: ${words === '' ? 'none is allowed' : `allowed are ${words}`} (hostPaths of the server)`,
  );
}

/** What no job sees in a volume: the data directory, and where the homes of jobs are if they are not in that. */
export function ownDirectories({ dataDirectory, host }: RunnerConfig): string[] {
  const isOutside = isAbsolute(host.scratch) && !isWithin(host.scratch, dataDirectory);
  return [dataDirectory, ...(isOutside ? [host.scratch] : [])];
}

function inOwnDirectory(asked: string, own: string, { dataDirectory }: RunnerConfig): Error {
  const where = own === dataDirectory ? "the server's data directory" : 'the directory of the homes of jobs';
  return cannotStartContainer(`${asked} lies in ${where}, which is never mounted`);
}

type Walked =
  | { readonly kind: 'opened'; readonly source: OpenedSource }
  | { readonly kind: 'link'; readonly path: string };

function walk(path: string, asked: Asked): Walked {
  const ours = new Map(ownDirectories(asked.config).map((own) => [inodeAt(own), own]));
  const names = path.split('/').filter(Boolean);
  let descriptor = openSync('/', openPath | constants.O_DIRECTORY);
  try {
    for (const [index, name] of names.entries()) {
      const here = `/${names.slice(0, index + 1).join('/')}`;
      const found = openOrMake(descriptor, name, newOwner(asked, here));
      closeSync(descriptor);
      descriptor = found;
      const stat = fstatSync(descriptor, { bigint: true });
      if (stat.isSymbolicLink()) {
        const link = resolve(dirname(here), readlinkSync(here)); // only a way to walk anew: it may be another by now
        closeSync(descriptor);
        descriptor = -1;
        return { kind: 'link', path: resolve(link, ...names.slice(index + 1)) };
      }
      const own = ours.get(`${stat.dev}:${stat.ino}`);
      if (own !== undefined) throw inOwnDirectory(asked.path, own, asked.config);
    }
    const stat = fstatSync(descriptor, { bigint: true });
    const isDirectory = stat.isDirectory();
    return { kind: 'opened', source: { descriptor, path, inode: `${stat.dev}:${stat.ino}`, isDirectory } };
  } catch (error) {
    if (descriptor >= 0) closeSync(descriptor);
    if (error instanceof CannotStart) throw error;
    const words = `host path ${asked.path} cannot be opened: ${errorWords(error)}`;
    throw isShortage(error) ? new Shortage(words) : cannotStartContainer(words);
  }
}

/** As what a missing directory is made; undefined if it is not to be made. */
function newOwner({ identity, within, allowed }: Asked, here: string): NewDirectory | undefined {
  if (!within) return { ...identity, mode: 0o755 };
  // The file system itself, and what is above it, are the operator's to make.
  return allowed.some(({ real }) => real !== here && isWithin(here, real)) ? asGiven(within, identity) : undefined;
}

function asGiven({ create }: SharedFileSystem, identity: Identity): NewDirectory | undefined {
  return create && { ...(create.owner ?? identity), mode: create.mode };
}

function inodeAt(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
