/**
 * The guard of a world of containers: started in namespaces of the world's own, it makes them ready, says so, and waits until
 * its standard input ends, which it does with the test's process too. Then it ends all that runs in the world and clears
 * away what would outlive it. Its one argument is a `GuardArguments` in JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GuardArguments } from './container-world.fixture.ts';

/** How often a process is killed, with 10 ms between, before it is left as one that nothing ends. */
const mostKills = 2000;
const { directory, network }: GuardArguments = JSON.parse(process.argv.at(-1) ?? '{}');

makeReady();
// Signals of a terminal are the test's; its end follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.on('end', () => void clearAway()).on('error', () => {});
process.stdin.resume();
process.stdout.on('error', () => {});
process.stdout.write('ready\n');

/** Sockets, locks and states that daemons have at places of the machine become the world's: Podman's locks are in /dev/shm. */
function makeReady(): void {
  for (const [place, mode] of [
    ['/run', '0755'],
    ['/var/lib/cni', '0755'],
    ['/dev/shm', '1777'],
  ] as const) {
    mkdirSync(place, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=${mode}`, 'tmpfs', place]);
  }
  for (const place of ['/run/lock', '/run/netns']) mkdirSync(place);
  if (network === 'own') execFileSync('ip', ['link', 'set', 'lo', 'up']);
}

async function clearAway(): Promise<void> {
  const groups = new Set<string>();
  // First who could start more: daemons, which have no parent in the world.
  await endAll(groups, (pids) => pids.filter((pid) => !/shim|conmon/.test(commandOf(pid))));
  await endAll(groups, (pids) => pids);
  if (network === 'host') for (const bridge of bridges()) execFileSync('ip', ['link', 'del', bridge]);
  for (const group of [...groups, ...parentGroups()]) removeGroup(group);
  for (const place of mountsBelow()) execFileSync('umount', ['--lazy', place]);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

/** Kills the chosen processes of the world and all below them until there are none, and notes their control groups. */
async function endAll(groups: Set<string>, choose: (pids: readonly number[]) => readonly number[]): Promise<void> {
  for (let kills = 0; ; kills += 1) {
    const chosen = choose(ofTheWorld());
    if (chosen.length === 0) return;
    if (kills === mostKills) throw new Error(`processes do not end: ${chosen.map(commandOf).join('; ')}`);
    const containers = chosen.filter((pid) => /shim|conmon/.test(commandOf(pid)));
    for (const pid of [...chosen, ...descendantsOf(containers)]) {
      for (const group of groupsOf(pid)) groups.add(group);
      kill(pid);
    }
    await pause(10);
  }
}

/** Daemons and what they leave beside each container have the directory on their command line. */
function ofTheWorld(): readonly number[] {
  return processIds().filter((pid) => pid !== process.pid && commandOf(pid).includes(`${directory}/`) && isAlive(pid));
}

function descendantsOf(pids: readonly number[]): readonly number[] {
  const parents = processIds().map((pid) => [pid, parentOf(pid)] as const);
  const found: number[] = [];
  let wanted = new Set(pids);
  while (wanted.size > 0) {
    wanted = new Set(parents.filter(([, parent]) => wanted.has(parent)).map(([pid]) => pid));
    found.push(...wanted);
  }
  return found;
}

/** Control groups that runtimes have made for a container: not those that this process is in too. */
function groupsOf(pid: number): readonly string[] {
  const own = read('/proc/self/cgroup').split('\n');
  return read(`/proc/${pid}/cgroup`)
    .split('\n')
    .filter((line) => line !== '' && !own.includes(line))
    .flatMap((line) => {
      const [, controllers = '', path = ''] = line.split(':');
      if (controllers === '') return [`/sys/fs/cgroup/unified${path}`, `/sys/fs/cgroup${path}`];
      return [`/sys/fs/cgroup/${controllers.replace('name=', '')}${path}`];
    });
}

/** Of daemons whose containers have all ended: Docker's is told the world's name, Podman has one for all. */
function parentGroups(): readonly string[] {
  const roots = readdirSync('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name));
  return ['/sys/fs/cgroup', ...roots].flatMap((root) => [join(root, basename(directory)), join(root, 'libpod_parent')]);
}

/** And those above it that are empty then. */
function removeGroup(group: string): void {
  for (let path = group; path !== '/sys/fs/cgroup'; path = dirname(path)) {
    try {
      rmdirSync(path);
    } catch {
      return; // it is not here, or has others in it
    }
  }
}

/** Bridges in the machine's network that the world's daemon has made: its store of networks names them. */
function bridges(): readonly string[] {
  const store = read(join(directory, 'docker/network/files/local-kv.db'), 'latin1');
  const names = readdirSync('/sys/class/net').filter((name) => /^br-[0-9a-f]{12}$/.test(name));
  return names.filter((name) => store.includes(name.slice(3)));
}

function mountsBelow(): readonly string[] {
  const places = read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function isAlive(pid: number): boolean {
  return !/\) [ZX] /.test(read(`/proc/${pid}/stat`));
}

function parentOf(pid: number): number {
  return Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Empty for what is gone. */
function read(file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  try {
    return readFileSync(file, encoding);
  } catch {
    return '';
  }
}
