import type { Amount } from '../amount.ts';
import type { Demand, Fleet } from './launch-plan.ts';
import type { FleetSettings, LaunchType } from './launch-type.ts';
import { RankedTypes } from './ranked-types.ts';

/** A type with 2 GiB a vCPU, unless told otherwise. */
export function typeOf(
  name: string,
  vcpus: number,
  onDemand: number,
  more: Partial<Amount & Pick<LaunchType, 'spot' | 'interruption'>> = {},
): LaunchType {
  const { spot = onDemand / 4, interruption = 0, memoryMiB = vcpus * 2_048, gpus = 0 } = more;
  return { name, vcpus, capacity: { vcpuMillis: vcpus * 1_000, memoryMiB, gpus }, onDemand, spot, interruption };
}

export function fleetOf(
  settings: Partial<FleetSettings>,
  state: Partial<Omit<Fleet, 'settings' | 'ranked'>> = {},
): Fleet {
  const whole: FleetSettings = {
    arn: 'fleet',
    strategy: 'BEST_FIT_PROGRESSIVE',
    purchase: 'on-demand',
    types: [],
    bidPercentage: 100,
    minvCpus: 0,
    maxvCpus: 256,
    desiredvCpus: settings.minvCpus ?? 0,
    scales: 'with-demand',
    ...settings,
  };
  return {
    settings: whole,
    ranked: new RankedTypes(whole),
    allocatedvCpus: 0,
    instanceCount: 0,
    supply: [],
    backoffs: new Map(),
    ...state,
  };
}

/** Jobs of so many vCPUs, with 1 GiB each, unless told otherwise. */
export function demandOf(
  jobs: number,
  vcpus: number,
  more: Partial<Amount & Pick<Demand, 'environments'>> = {},
): Demand {
  const { environments = ['fleet'], memoryMiB = 1_024, gpus = 0 } = more;
  return { queueArn: 'queue', jobs, wanted: { vcpuMillis: vcpus * 1_000, memoryMiB, gpus }, environments };
}
