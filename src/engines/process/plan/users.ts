import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart, cannotStartContainer, errorCode } from '../errors.ts';
import type { Identity } from '../host-abilities.ts';
import { processLimits } from '../limits.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { resolveInside } from './destinations.ts';

/**
 * Who a container runs as: `user` of its definition, as `name`, `uid`, `name:group` or `uid:gid`, looked up in the
 * root's `/etc/passwd` and `/etc/group`; else the configured identity. Never root, unless jobs run as the caller and
 * that is root. A server that is not root can run jobs as itself only.
 */
export function resolveUser(user: string | undefined, root: string, config: RunnerConfig): Identity {
  if (user === undefined || user === '') return config.identity;
  const { uid, gid = uid } = findUser(user, root);
  if ((uid === 0 || gid === 0) && !config.allowRoot) {
    throw cannotStartContainer(`user ${user} is root or in root's group, and jobs never run so`);
  }
  const own = process.getuid?.() ?? uid;
  if (own !== 0 && uid !== own) {
    throw cannotStartContainer(`user ${user} is uid ${uid}, but this server can run jobs only as its own uid ${own}`);
  }
  return own === 0 ? { uid, gid } : config.identity;
}

/** Who a container of an image is inside it. */
export interface InsideUser extends Identity {
  /** As the image has it, else `/`. */
  readonly home: string;
  /** Names of groups that it is in beside its own one. */
  readonly otherGroups: readonly string[];
}

/** The user of a container of an image, in Docker's way: root if nobody is named, and root's group where the image knows none. */
export function findInsideUser(user: string | undefined, root: string): InsideUser {
  const { uid, gid = 0 } = findUser(user || '0:0', root);
  const [name, , , , , home = ''] = entriesOf(root, '/etc/passwd').find(([, , id]) => id === String(uid)) ?? [];
  const isMember = ([, , , members = '']: string[]) => name !== undefined && members.split(',').includes(name);
  const groups = entriesOf(root, '/etc/group').filter((entry) => isMember(entry) && entry[2] !== String(gid));
  return { uid, gid, home: isPath(home) ? home : '/', otherGroups: groups.flatMap(([group]) => group ?? []) };
}

/** Whether it can be one: the file is the image's, and may hold anything. */
function isPath(home: string): boolean {
  return home.startsWith('/') && home.length < longestPath && !home.includes('\0');
}

/** Linux's own. */
const longestPath = 4096;

/** `gid` is missing if nothing says which it is. */
function findUser(user: string, root: string): { readonly uid: number; readonly gid?: number } {
  const [name = '', group] = user.split(':');
  const entry = findEntry(root, '/etc/passwd', name);
  const uid = asNumber(entry?.[2]) ?? asNumber(name);
  if (uid === undefined) throw cannotStartContainer(`unable to find user ${name}: no matching entries in passwd file`);
  const gid = group === undefined ? asNumber(entry?.[3]) : findGroup(group, root);
  return { uid, ...(gid === undefined ? {} : { gid }) };
}

function findGroup(group: string, root: string): number {
  const gid = asNumber(findEntry(root, '/etc/group', group)?.[2]) ?? asNumber(group);
  if (gid === undefined) throw cannotStartContainer(`unable to find group ${group}: no matching entries in group file`);
  return gid;
}

/** The fields of the line whose name, or number, is `key`. */
function findEntry(root: string, file: string, key: string): string[] | undefined {
  const entries = entriesOf(root, file);
  return entries.find(([name]) => name === key) ?? entries.find(([, , id]) => id === key);
}

/** A root without such a file knows users by number only. */
function entriesOf(root: string, file: string): string[][] {
  return readInside(root, file)
    .split('\n')
    .map((line) => line.trimEnd().split(':'));
}

/** A file of a root that may be anybody's: through no link that leads out of it, never waiting, and not beyond a bound. */
function readInside(root: string, file: string): string {
  let descriptor: number | undefined;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(join(root, resolveInside(root, file)), flags);
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= processLimits.userDatabaseBytes ? readFileSync(descriptor, 'utf8') : '';
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof CannotStart)) throw error;
    return ''; // there is none, it is closed, or links lead in a circle
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Ids go up to 2^32 - 2; the last one means "unchanged" to the kernel. */
function asNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1 ? Number(text) : undefined;
}
