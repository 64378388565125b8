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
    /** What is launched in its place by the same plan, and so many at least: with that there is minvCpus again. Absent: nothing need be. */
    readonly replacedBy?: { readonly type: string; readonly instances: number };
  };
}

export interface ScaleInRequest {
  /** Those of each list have as many vCPUs as each other, and are in the order of `byIdleSince`. */
  readonly idle: readonly Iterable<IdleInstance>[];
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

/**
 * Which idle instances end: each that the delay is over for and without which the environment still has its minvCpus. Looks at those that end or are
 * kept, and of each list at one more: of ten thousand that minvCpus keeps at none.
 */
export function planScaleIn(request: ScaleInRequest): ScaleInPlan {
  const { minvCpus, delay, isKept, now, limit } = request;
  const ends: ScaleIn[] = [];
  const idle = new Lists(request.idle);
  let { allocatedvCpus } = request;
  for (let next = idle.take(allocatedvCpus - minvCpus); next; next = idle.take(allocatedvCpus - minvCpus)) {
    const { id, vcpus, idleSince } = next;
    const leftvCpus = allocatedvCpus - vcpus;
    if (isKept(id)) continue;
    if (idleSince + delay > now) return { ends, more: false, wakeAt: idleSince + delay };
    if (ends.length === limit) return { ends, more: true };
    ends.push({ kind: 'end', id, reason: { kind: 'idle', idleSince, delay, leftvCpus, minvCpus } });
    allocatedvCpus = leftvCpus;
  }
  return { ends, more: false };
}

/** Some lists in one order. */
class Lists {
  readonly #lists: { readonly rest: Iterator<IdleInstance>; first: IdleInstance }[];

  constructor(lists: readonly Iterable<IdleInstance>[]) {
    this.#lists = lists.flatMap((list) => {
      const rest = list[Symbol.iterator]();
      const { value: first, done } = rest.next();
      return done ? [] : [{ rest, first }];
    });
  }

  /** Takes the first of all that have no more vCPUs than that. */
  take(mostvCpus: number): IdleInstance | undefined {
    const small = this.#lists.filter(({ first }) => first.vcpus <= mostvCpus);
    const [list, ...others] = small;
    if (!list) return undefined;
    const least = others.reduce((one, other) => (byIdleSince(other.first, one.first) < 0 ? other : one), list);
    const { first, rest } = least;
    const { value, done } = rest.next();
    if (done) this.#lists.splice(this.#lists.indexOf(least), 1);
    else least.first = value;
    return first;
  }
}
