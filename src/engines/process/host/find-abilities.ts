import { type ProcessLayout, shortName } from '../layout.ts';
import type { CompiledOptions } from '../options.ts';
import { type HostAbilities, hasPidNamespace } from './host-abilities.ts';
import { probeHost, sharedScratch } from './host-probe.ts';

/** Finds out what this host lets us do, and leaves out what jobs would gain nothing by. */
export async function findAbilities(options: CompiledOptions, layout: ProcessLayout): Promise<HostAbilities> {
  const host = await probeHost({
    identity: options.identity,
    sandboxes: options.sandboxes,
    scratch: [layout.scratch, sharedScratch(options.session.installationId)],
    cgroupName: shortName(options.session.installationId),
    gangNetwork: options.gangNetwork,
  });
  return { ...host, cgroups: options.cgroups ? neededCgroups(host) : {} };
}

/** A pid namespace ends all processes by itself: groups that only serve for that would cost each job a move more. */
function neededCgroups({ cgroups, sandbox }: HostAbilities): HostAbilities['cgroups'] {
  const { freezer, kill, ...needed } = cgroups;
  if (!hasPidNamespace(sandbox)) return { ...needed, ...(kill ? { kill } : freezer ? { freezer } : {}) };
  const isFree = kill !== undefined && kill.directory === needed.memory?.directory;
  return kill !== undefined && (isFree || needed.cpuacct === undefined) ? { ...needed, kill } : needed;
}
