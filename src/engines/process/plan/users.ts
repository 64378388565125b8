import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { CannotStart, cannotStartContainer, errorCode } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import { processLimits } from '../limits.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { resolveInside } from './destinations.ts';

/**
 * Who a container runs as: `user` of its definition, as `name`, `uid`, `name:group` or `uid:gid`, looked up in the
 * root's `/etc/passwd` and `/etc/group`; else the configured identity. Never root, unless jobs run as the caller and
 * that is root. A server that is not root can run jobs as itself only.
 */
export function resolveUser(user: string | undefined, root: string, config: RunnerConfig): Identity {
  if (user === undefined || user === '') return config.identity;
  const { uid, gid = uid } = findUser(user, databasesOf(root, processLimits.userDatabaseBytes));
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
  const databases = databasesOf(root, processLimits.imageUserDatabaseBytes);
  const { passwd, group } = databases;
  const { uid, gid = 0 } = findUser(user || '0:0', databases);
  const [name, , , , , home = ''] = passwd.ofNumber(String(uid)) ?? [];
  const otherGroups = !name ? [] : group.withMember(name).filter(([, , id]) => id !== String(gid));
  return { uid, gid, home: isPath(home) ? home : '/', otherGroups: otherGroups.flatMap(([each]) => each ?? []) };
}

/** Whether it can be one: the file is the image's, and may hold anything. */
function isPath(home: string): boolean {
  return home.startsWith('/') && home.length < longestPath && !home.includes('\0');
}

/** Linux's own. */
const longestPath = 4096;

interface Databases {
  readonly passwd: Entries;
  readonly group: Entries;
}

function databasesOf(root: string, mostBytes: number): Databases {
  return { passwd: new Entries(root, '/etc/passwd', mostBytes), group: new Entries(root, '/etc/group', mostBytes) };
}

/** `gid` is missing if nothing says which it is. */
function findUser(user: string, databases: Databases): { readonly uid: number; readonly gid?: number } {
  const [name = '', group] = user.split(':');
  const entry = databases.passwd.of(name);
  const uid = asNumber(entry?.[2]) ?? asNumber(name);
  if (uid === undefined) throw cannotStartContainer(`unable to find user ${name}: ${databases.passwd.absence}`);
  const gid = group === undefined ? asNumber(entry?.[3]) : findGroup(group, databases);
  return { uid, ...(gid === undefined ? {} : { gid }) };
}

function findGroup(name: string, { group }: Databases): number {
  const gid = asNumber(group.of(name)?.[2]) ?? asNumber(name);
  if (gid === undefined) throw cannotStartContainer(`unable to find group ${name}: ${group.absence}`);
  return gid;
}

/**
 * The lines of `/etc/passwd` or `/etc/group` of a root. They may be a million, of anybody's making, and are looked through at each
 * start: in one go, with only what is found taken apart. A root without such a file knows users by number only.
 */
class Entries {
  /** In words, why one that is looked for is not found. */
  readonly absence: string;
  readonly #text: string;

  constructor(root: string, file: string, mostBytes: number) {
    const text = readInside(root, file, mostBytes);
    this.absence =
      text === undefined
        ? `${file} has more than ${mostBytes} bytes, and is not read`
        : `no matching entries in ${posix.basename(file)} file`;
    this.#text = text ?? '';
  }

  /** The fields of the first line whose name is `key`, else of the first whose number is. */
  of(key: string): string[] | undefined {
    return this.#find(new RegExp(`${begin}${RegExp.escape(key)}(?::[^\\n]*)?${end}`)) ?? this.ofNumber(key);
  }

  ofNumber(key: string): string[] | undefined {
    return this.#find(new RegExp(`${begin}${field}${field}${RegExp.escape(key)}(?:[ \\t\\r]*|:[^\\n]*)${end}`));
  }

  /** Those whose fourth field names a member, as far as anybody can be one. */
  withMember(name: string): string[][] {
    const member = `(?:[^:\\n]*,)?${RegExp.escape(name)}(?=[,:\\s]|${end})`;
    const found = this.#text.matchAll(new RegExp(`${begin}${field}${field}${field}${member}`, 'g'));
    return [...found.take(mostGroups)].map(([line]) => fieldsOf(line));
  }

  #find(line: RegExp): string[] | undefined {
    const found = line.exec(this.#text);
    return found ? fieldsOf(found[0]) : undefined;
  }
}

/** Lines end at line feeds alone. */
const begin = '(?<![^\\n])';
const end = '(?![^\\n])';
const field = '[^:\\n]*:';

/** Linux's own. */
const mostGroups = 65_536;

function fieldsOf(line: string): string[] {
  return line.trimEnd().split(':');
}

/** A file of a root that may be anybody's: through no link that leads out of it, never waiting; undefined beyond the bound. */
function readInside(root: string, file: string, mostBytes: number): string | undefined {
  let descriptor: number | undefined;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(join(root, resolveInside(root, file)), flags);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return '';
    return stat.size > mostBytes ? undefined : readFileSync(descriptor, 'utf8');
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
