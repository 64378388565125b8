import type { EngineCapabilities } from '../../contract.ts';
import { hostNotShared } from '../../host-not-shared.ts';
import type { HostAbilities } from '../host/host-abilities.ts';

/** What containers of a task cannot share on this host, and why not, in words. `allowed`: the operator lets jobs share with the host. */
export function unsharedOn(host: HostAbilities, allowed: boolean): EngineCapabilities['unshared'] {
  // All do share all with the host.
  if (host.sandbox === 'none') return { ipc: {}, pid: {} };
  const missing = (names: readonly ('nsenter' | 'unshare' | 'setpriv')[]) => {
    const [first] = names.filter((name) => host.tools[name] === undefined);
    return first === undefined ? undefined : `${first} (util-linux) is not installed`;
  };
  const withHost = allowed ? {} : { host: hostNotShared };
  const ipc = missing(['nsenter', 'unshare', 'setpriv']);
  const pid = ipc ?? (host.sandbox === 'unshare' || host.pidsByDescriptor ? undefined : tooOld);
  return {
    ipc: { ...withHost, ...(ipc === undefined ? {} : { task: ipc }) },
    pid: { ...withHost, ...(pid === undefined ? {} : { task: pid }) },
  };
}

const tooOld = 'this bubblewrap cannot enter a pid namespace (--pidns and --userns2, from 0.5)';
