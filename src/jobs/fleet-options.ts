import { type InstanceType, interruptionClasses } from '../instance-types/index.ts';
import type { AllocationStrategy, FleetOptions, LaunchType } from '../scheduler/index.ts';

/** What a managed environment of EC2 or Spot says of its instances (spec 04 §6). */
export interface FleetResources {
  readonly type: string;
  /** @default 0 */
  readonly minvCpus?: number | undefined;
  /** One that was checked. @default BEST_FIT */
  readonly allocationStrategy?: string | undefined;
  /** @default 100 */
  readonly bidPercentage?: number | undefined;
  readonly scalingPolicy?: { readonly minScaleDownDelayMinutes?: number | undefined } | undefined;
}

const minute = 60_000;

/** How the scheduler is told of instances. `uuid`: what their ids are made of. */
export function fleetOptions(
  { type, minvCpus = 0, allocationStrategy = 'BEST_FIT', bidPercentage = 100, scalingPolicy }: FleetResources,
  { uuid, types }: Pick<FleetOptions, 'uuid' | 'types'>,
): FleetOptions {
  const { minScaleDownDelayMinutes: delay = 0 } = scalingPolicy ?? {};
  return {
    ...{ uuid, types, bidPercentage, minvCpus },
    strategy: allocationStrategy as AllocationStrategy,
    purchase: type === 'SPOT' ? 'spot' : 'on-demand',
    // Zero is AWS's word for none.
    ...(delay > 0 && { scaleInDelay: delay * minute }),
  };
}

/** A type of the catalogue, as the scheduler knows it. */
export function launchType(type: InstanceType): LaunchType {
  const { name, vcpus, registered, onDemand, spot, interruption } = type;
  return { name, vcpus, capacity: registered, onDemand, spot, interruption: interruptionClasses.indexOf(interruption) };
}
