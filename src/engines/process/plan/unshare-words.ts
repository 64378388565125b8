import { countGroups } from '../host/cgroups.ts';
import { unshareFlags } from '../host/host-probe.ts';
import type { SandboxRequest } from './sandbox.ts';
import { closeDescriptors, firstGroup } from './scripts.ts';

/** How the shell that builds the root comes to its namespaces. */
export interface UnshareWords {
  /** The words before those of that shell: it is in all namespaces of the container, and has every right there. */
  readonly words: readonly string[];
  /** Descriptors that they find by number: whoever is in another user namespace by then cannot look for those of this process. */
  readonly inherited: readonly number[];
  /** Lets go of them, in that shell. */
  readonly letGo: readonly string[];
}

export function unshareWords({ shared: { pid, ipc }, config }: SandboxRequest): UnshareWords {
  const { unshare = 'unshare', nsenter = 'nsenter', setpriv = 'setpriv' } = config.host.tools;
  const own = ipc === 'own' ? ['--ipc'] : [];
  const alone = (words: readonly string[]) => ({ words, inherited: [], letGo: [] });
  if (pid === 'own') return alone([unshare, ...unshareFlags().filter((flag) => flag !== '--ipc'), ...own]);
  const files = ['--mount', ...own, '--uts'];
  const isOrdinary = process.getuid?.() !== 0;
  if (pid === 'host') return alone([unshare, ...(isOrdinary ? ['--user', '--map-root-user'] : []), ...files]);
  const first = firstGroup + countGroups(config.host.cgroups);
  const inherited = [pid.pid, ...(pid.user === undefined ? [] : [pid.user])];
  const [processes = 0, users] = inherited.map((_descriptor, index) => first + index);
  const user = users === undefined ? [] : [`--user=/proc/self/fd/${users}`, '--preserve-credentials'];
  // Whoever enters a pid namespace stays outside; its child is in there.
  const enter = [nsenter, ...user, `--pid=/proc/self/fd/${processes}`, '--', setpriv, '--pdeathsig', 'KILL', '--'];
  return { words: [...enter, unshare, ...files], inherited, letGo: closeDescriptors(first, inherited.length) };
}
