import { type InstanceType, type InstanceTypes, interruptionClasses } from '../../../instance-types/index.ts';
import type { AllocationStrategy, FleetOptions, LaunchType } from '../../../scheduler/index.ts';
import type { ComputeEnvironmentRecord, ComputeResources } from '../records.ts';

const minute = 60_000;

/** How the scheduler is told of an environment's instances; undefined for one that launches none. */
export function fleetOptionsOf(
  { fleet, uuid, region, computeResources: resources }: ComputeEnvironmentRecord,
  types: LaunchTypes,
): FleetOptions | undefined {
  if (!fleet || !resources) return undefined;
  const { type, minvCpus = 0, allocationStrategy = 'BEST_FIT', bidPercentage = 100, scalingPolicy } = resources;
  const { minScaleDownDelayMinutes: delay = 0 } = (scalingPolicy ?? {}) as { minScaleDownDelayMinutes?: number };
  return {
    uuid,
    // Checked when it was given.
    strategy: allocationStrategy as AllocationStrategy,
    purchase: type === 'SPOT' ? 'spot' : 'on-demand',
    types: types.of(resources, region),
    bidPercentage: bidPercentage as number,
    minvCpus,
    // Zero is AWS's word for none.
    ...(delay > 0 && { scaleInDelay: delay * minute }),
  };
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

function launchType({ name, vcpus, registered, onDemand, spot, interruption }: InstanceType): LaunchType {
  return { name, vcpus, capacity: registered, onDemand, spot, interruption: interruptionClasses.indexOf(interruption) };
}
