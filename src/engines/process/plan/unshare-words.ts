import { unshareFlags } from '../host-probe.ts';
import { descriptorPath } from '../sharing/shared-view.ts';
import type { SandboxRequest } from './sandbox.ts';

/** The words before those of the shell that builds the root: it is in all namespaces of the container, and has every right there. */
export function unshareWords({ shared: { pid, ipc }, config }: SandboxRequest): readonly string[] {
  const { unshare = 'unshare', nsenter = 'nsenter', setpriv = 'setpriv' } = config.host.tools;
  const own = ipc === 'own' ? ['--ipc'] : [];
  if (pid === 'own') return [unshare, ...unshareFlags().filter((flag) => flag !== '--ipc'), ...own];
  const files = ['--mount', ...own, '--uts'];
  const isOrdinary = process.getuid?.() !== 0;
  if (pid === 'host') return [unshare, ...(isOrdinary ? ['--user', '--map-root-user'] : []), ...files];
  const user = pid.user === undefined ? [] : [`--user=${descriptorPath(pid.user)}`, '--preserve-credentials'];
  // Whoever enters a pid namespace stays outside; its child is in there.
  const enter = [nsenter, ...user, `--pid=${descriptorPath(pid.pid)}`, '--', setpriv, '--pdeathsig', 'KILL', '--'];
  return [...enter, unshare, ...files];
}
