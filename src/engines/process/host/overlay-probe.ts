import { chownSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../../core/quote-posix.ts';
import { ownPath } from '../plan/scripts.ts';
import type { HostAbilities, HostTools, Identity } from './host-abilities.ts';
import { makeProbeDirectory, removeProbe, runTrial } from './trial.ts';

/** Starts a program in a mount namespace of its own, as its root. An ordinary user needs a namespace for users, too. */
export function mountNamespace(unshare: string): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [unshare, ...user, '--mount', '--'];
}

/**
 * The command that mounts a writable layer over `lower`, in a directory that has `upper`, `work` and `root`: it goes to
 * `root`. Every path is a descriptor or a name, since the options end a path at `,` and `:`.
 */
export function overlayMount(lower: string): string {
  const byUser = process.getuid?.() === 0 ? '' : ',userxattr';
  const options = `lowerdir=/proc/self/fd/0,upperdir=upper,workdir=work${byUser}`;
  return `mount -n -c -i -t overlay -o ${options} overlay root <${shellWord(lower)}`;
}

/** Finds out, by doing it, which of the two ways to lay a writable layer over an image work for files in `scratch`. */
export async function probeOverlays(
  tools: HostTools,
  bubblewrapHelp: string,
  scratch: string,
  identity: Identity,
): Promise<Pick<HostAbilities, 'overlay' | 'overlayMount'>> {
  const offers = bubblewrapHelp.includes('--overlay-src');
  const overlay =
    offers && (await works(scratch, 'overlay', identity, (place) => byBubblewrap(place, tools, identity)));
  const overlayMount = await works(scratch, 'overlay-mount', identity, (place) => byMount(place, tools));
  return { overlay, overlayMount };
}

async function works(
  scratch: string,
  name: string,
  identity: Identity,
  attempt: (place: string) => Promise<void>,
): Promise<boolean> {
  const place = makeProbeDirectory(scratch, identity, name);
  try {
    for (const layer of layers) makeLayer(join(place, layer), identity);
    await attempt(place);
    return true;
  } catch {
    return false; // told by what jobs get: their notes say that the image is read-only
  } finally {
    removeWork(place);
    removeProbe(place);
  }
}

const layers = ['lower', 'upper', 'work', 'root'];

function byBubblewrap(place: string, { bwrap, sh }: HostTools, identity: Identity): Promise<void> {
  if (bwrap === undefined) throw new Error('bwrap is not installed');
  const [lower = '', upper = '', work = ''] = layers.map((layer) => join(place, layer));
  const overlay = ['--overlay-src', lower, '--overlay', upper, work, '/tmp'];
  const words = ['--unshare-user', '--ro-bind', '/', '/', ...overlay, sh, '-c', ': >/tmp/written'];
  return runTrial(bwrap, words, identity);
}

function byMount(place: string, { unshare, sh }: HostTools): Promise<void> {
  if (unshare === undefined) throw new Error('unshare is not installed');
  const script = `set -e\n${ownPath}\ncd ${shellWord(place)}\n${overlayMount(join(place, 'lower'))}\n: >root/written`;
  return runTrial(...firstOf([...mountNamespace(unshare), sh, '-c', script]));
}

function makeLayer(path: string, { uid, gid }: Identity): void {
  mkdirSync(path, { mode: 0o755 });
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

function firstOf([program = '', ...words]: readonly string[]): [string, string[]] {
  return [program, words];
}

/** What the kernel makes there is closed to all, and empty. */
function removeWork(place: string): void {
  try {
    rmdirSync(join(place, 'work', 'work'));
  } catch {
    // There is none: nothing was mounted.
  }
}
