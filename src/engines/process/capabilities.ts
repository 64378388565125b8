import { type EngineCapabilities, plainCapabilities } from '../contract.ts';
import type { Gpu } from '../gpus.ts';
import type { HostAbilities } from './host/host-abilities.ts';
import type { CompiledOptions } from './options.ts';
import { unsharedOn } from './sharing/sharing-abilities.ts';

/** What tasks may ask of the engine on this host. */
export function capabilitiesOf(
  { ungranted, devices, neverMounted, hostNamespaces }: CompiledOptions,
  host: HostAbilities,
  gpus: readonly Gpu[],
): EngineCapabilities {
  const nodes = host.gangNetwork.kind !== 'none';
  const leavesOut = ungranted === 'run' ? { leavesOut: { devicesBut: devices, paths: neverMounted } } : {};
  const unshared = unsharedOn(host, hostNamespaces);
  return { ...plainCapabilities, devices: true, gpus: gpus.length > 0, nodes, unshared, ...leavesOut };
}
