import type { ResourceRequest } from '../core/job.ts';

/**
 * An amount of a machine, in whole units, so that adding and taking away in any order leaves no residue: a scheduler
 * rebuilt from stored state must agree with the incremental one to the last bit.
 */
export interface Amount {
  /** Thousandths of a vCPU. */
  readonly vcpuMillis: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

export const nothing: Amount = { vcpuMillis: 0, memoryMiB: 0, gpus: 0 };

/** A request in whole units, rounded up so that it is never promised less than it asked. */
export function amountOf(request: ResourceRequest): Amount {
  return {
    vcpuMillis: toMillis(request.vcpus),
    memoryMiB: Math.ceil(request.memoryMiB),
    gpus: Math.ceil(request.gpus),
  };
}

export function requestOf(amount: Amount): ResourceRequest {
  return { vcpus: amount.vcpuMillis / 1000, memoryMiB: amount.memoryMiB, gpus: amount.gpus };
}

/** Thousandths, rounded up; the small term keeps 0.007 × 1000 = 7.000000000000001 at 7. */
export function toMillis(vcpus: number): number {
  return Math.ceil(vcpus * 1000 - 1e-6);
}

export function add(a: Amount, b: Amount): Amount {
  return combine(a, b, (x, y) => x + y);
}

export function subtract(a: Amount, b: Amount): Amount {
  return combine(a, b, (x, y) => x - y);
}

export function times(amount: Amount, count: number): Amount {
  return {
    vcpuMillis: amount.vcpuMillis * count,
    memoryMiB: amount.memoryMiB * count,
    gpus: amount.gpus * count,
  };
}

/** What `wanted` is short of in `free`, never below zero; a dimension that is not wanted is never short. */
export function shortage(wanted: Amount, free: Amount): Amount {
  return combine(wanted, free, (want, have) => (want === 0 ? 0 : Math.max(0, want - have)));
}

/** Whether there is as much as is wanted, in each dimension. */
export function covers(free: Amount, wanted: Amount): boolean {
  return free.vcpuMillis >= wanted.vcpuMillis && free.memoryMiB >= wanted.memoryMiB && free.gpus >= wanted.gpus;
}

export function isNothing(amount: Amount): boolean {
  return amount.vcpuMillis === 0 && amount.memoryMiB === 0 && amount.gpus === 0;
}

function combine(a: Amount, b: Amount, by: (x: number, y: number) => number): Amount {
  return {
    vcpuMillis: by(a.vcpuMillis, b.vcpuMillis),
    memoryMiB: by(a.memoryMiB, b.memoryMiB),
    gpus: by(a.gpus, b.gpus),
  };
}
