import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { IdleInstance, ScaleIn, ScaleInPlan } from './scale-in.ts';

/** Instances of a type are to be launched where `maxvCpus` leaves no room for them. */
export interface ReplacementRequest {
  /** Those of each list have as many vCPUs as each other, and are in the order of `byIdleSince`; those with most vCPUs first. */
  readonly idle: readonly Iterable<IdleInstance>[];
  readonly allocatedvCpus: number;
  readonly minvCpus: number;
  readonly type: string;
  /** How many are launched at least if that many vCPUs are left of what is there; undefined: that does not do. */
  readonly launchedAt: (leftvCpus: number) => number | undefined;
  readonly delay: Milliseconds;
  readonly isKept: (id: string) => boolean;
  readonly now: EpochMilliseconds;
}

/**
 * Which idle instances end so that others may be launched in their place, though without those minvCpus would not be left: those with most vCPUs first, and no
 * more than will do. None if all together do not.
 */
export function planReplacement(request: ReplacementRequest): Pick<ScaleInPlan, 'ends' | 'wakeAt'> {
  const { minvCpus, type, launchedAt, delay, isKept, now } = request;
  const ended: { readonly id: string; readonly idleSince: EpochMilliseconds; readonly leftvCpus: number }[] = [];
  let wakeAt = Number.POSITIVE_INFINITY;
  let leftvCpus = request.allocatedvCpus;
  for (const list of request.idle)
    for (const { id, vcpus, idleSince } of list) {
      if (isKept(id)) continue;
      if (idleSince + delay > now) {
        wakeAt = Math.min(wakeAt, idleSince + delay);
        break;
      }
      leftvCpus -= vcpus;
      ended.push({ id, idleSince, leftvCpus });
      const instances = launchedAt(leftvCpus);
      if (instances === undefined) continue;
      const replacedBy = { type, instances };
      const reason = { kind: 'idle', delay, minvCpus, replacedBy } as const;
      const ends = ended.map(({ id, ...rest }): ScaleIn => ({ kind: 'end', id, reason: { ...reason, ...rest } }));
      return { ends };
    }
  return { ends: [], ...(Number.isFinite(wakeAt) && { wakeAt }) };
}
