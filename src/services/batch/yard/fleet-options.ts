import type { InstanceTypes } from '../../../instance-types/index.ts';
import { type FleetResources, fleetOptions, launchType } from '../../../jobs/index.ts';
import { type FleetOptions, type LaunchType, registeredFleet } from '../../../scheduler/index.ts';
import type { ComputeEnvironmentRecord, ComputeResources } from '../records.ts';

/** How the scheduler is told of an environment's instances; undefined for one that has none. */
export function fleetOptionsOf(
  { kind, fleet, uuid, region, computeResources: resources }: ComputeEnvironmentRecord,
  types: LaunchTypes,
): FleetOptions | undefined {
  if (kind === 'UNMANAGED') return registeredFleet(uuid);
  if (!fleet || !resources) return undefined;
  // Checked when it was given.
  return fleetOptions(resources as FleetResources, { uuid, types: types.of(resources, region) });
}

/** What environments may launch, by what they name. The same array for the same resources: it is sorted by its user. */
export class LaunchTypes {
  readonly #catalogue: () => InstanceTypes;
  readonly #known = new WeakMap<ComputeResources, readonly LaunchType[]>();

  constructor(catalogue: () => InstanceTypes) {
    this.#catalogue = catalogue;
  }

  of(resources: ComputeResources, region: string): readonly LaunchType[] {
    const known = this.#known.get(resources);
    if (known) return known;
    const types = this.#catalogue()
      .expand(resources.instanceTypes ?? [], region)
      .types.map(launchType);
    this.#known.set(resources, types);
    return types;
  }
}
