import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cannotStartContainer } from '../errors.ts';
import type { Identity } from '../host-abilities.ts';
import type { RunnerConfig } from '../runner-config.ts';

/**
 * Who a container runs as: `user` of its definition, as `name`, `uid`, `name:group` or `uid:gid`, looked up in the
 * image's `/etc/passwd` and `/etc/group`; else the configured identity. Never root, unless jobs run as the caller and
 * that is root. A server that is not root can run jobs as itself only.
 */
export function resolveUser(user: string | undefined, root: string, config: RunnerConfig): Identity {
  if (user === undefined || user === '') return config.identity;
  const identity = parseUser(user, root);
  if ((identity.uid === 0 || identity.gid === 0) && !config.allowRoot) {
    throw cannotStartContainer(`user ${user} is root or in root's group, and jobs never run so`);
  }
  const own = process.getuid?.() ?? identity.uid;
  if (own !== 0 && identity.uid !== own) {
    throw cannotStartContainer(
      `user ${user} is uid ${identity.uid}, but this server can run jobs only as its own uid ${own}`,
    );
  }
  return own === 0 ? identity : config.identity;
}

function parseUser(user: string, root: string): Identity {
  const [name = '', group] = user.split(':');
  const entry = findEntry(root, 'etc/passwd', name);
  const uid = asNumber(name) ?? asNumber(entry?.[2]);
  if (uid === undefined) throw cannotStartContainer(`unable to find user ${name}: no matching entries in passwd file`);
  return { uid, gid: group === undefined ? (asNumber(entry?.[3]) ?? uid) : parseGroup(group, root) };
}

function parseGroup(group: string, root: string): number {
  const gid = asNumber(group) ?? asNumber(findEntry(root, 'etc/group', group)?.[2]);
  if (gid === undefined) throw cannotStartContainer(`unable to find group ${group}: no matching entries in group file`);
  return gid;
}

/** The fields of the line whose name, or number, is `key`. */
function findEntry(root: string, file: string, key: string): string[] | undefined {
  const entries = readLines(join(root, file)).map((line) => line.split(':'));
  return entries.find(([name]) => name === key) ?? entries.find(([, , id]) => id === key);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // an image without such a file knows users by number only
  }
}

/** Ids go up to 2^32 - 2; the last one means "unchanged" to the kernel. */
function asNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1 ? Number(text) : undefined;
}
