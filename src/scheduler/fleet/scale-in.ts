import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';

/** An instance that no job runs on. */
export interface IdleInstance {
  readonly id: string;
  /** Older instances have lower numbers. Unique in its environment. */
  readonly order: number;
  readonly vcpus: number;
  readonly idleSince: EpochMilliseconds;
}

/** The end of an idle instance, and why. */
export interface ScaleIn {
  readonly kind: 'end';
  readonly id: string;
  readonly reason: {
    readonly kind: 'idle';
    readonly idleSince: EpochMilliseconds;
    readonly delay: Milliseconds;
    /** vCPUs that the environment has without it. */
    readonly leftvCpus: number;
    readonly minvCpus: number;
  };
}

export interface ScaleInRequest {
  /** In the order of `byIdleSince`. */
  readonly idle: Iterable<IdleInstance>;
  /** vCPUs of all instances of the environment that are not gone or about to be. */
  readonly allocatedvCpus: number;
  readonly minvCpus: number;
  /** From the end of its last job, or from its start if it had none. */
  readonly delay: Milliseconds;
  /** Kept for a head, or reserved for a multi-node job: never ended. */
  readonly isKept: (id: string) => boolean;
  readonly now: EpochMilliseconds;
  /** Most ends. */
  readonly limit: number;
}

export interface ScaleInPlan {
  readonly ends: readonly ScaleIn[];
  /** Another plan, at once, would end more. */
  readonly more: boolean;
  /** When the next one has been idle for long enough; absent if that would end none. */
  readonly wakeAt?: EpochMilliseconds;
}

/** The one that has been idle for longest first. */
export function byIdleSince(one: IdleInstance, other: IdleInstance): number {
  return one.idleSince - other.idleSince || one.order - other.order;
}

/** Which idle instances end: each that the delay is over for and without which the environment still has its minvCpus. */
export function planScaleIn(request: ScaleInRequest): ScaleInPlan {
  const { idle, minvCpus, delay, isKept, now, limit } = request;
  const ends: ScaleIn[] = [];
  let { allocatedvCpus } = request;
  for (const { id, vcpus, idleSince } of idle) {
    const leftvCpus = allocatedvCpus - vcpus;
    if (leftvCpus < minvCpus || isKept(id)) continue;
    if (idleSince + delay > now) return { ends, more: false, wakeAt: idleSince + delay };
    if (ends.length === limit) return { ends, more: true };
    ends.push({ kind: 'end', id, reason: { kind: 'idle', idleSince, delay, leftvCpus, minvCpus } });
    allocatedvCpus = leftvCpus;
  }
  return { ends, more: false };
}
