import type { FleetSettings } from './launch-type.ts';

/** Instances of a type of so many vCPUs that may still be launched: up to maxvCpus, or up to the one that reaches it or goes beyond. */
export function roomFor(settings: FleetSettings, allocatedvCpus: number, vcpus: number): number {
  const left = (settings.maxvCpus - allocatedvCpus) / vcpus;
  const isEmpty = allocatedvCpus === 0 && settings.maxvCpus > 0;
  return Math.max(isEmpty ? 1 : 0, mayOvershoot(settings) ? Math.ceil(left) : Math.floor(left));
}

/** By one instance; `BEST_FIT` on demand does not (spec 04 §6.2), but for its only one. */
function mayOvershoot({ strategy, purchase }: FleetSettings): boolean {
  return strategy !== 'BEST_FIT' || purchase === 'spot';
}
