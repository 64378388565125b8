import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { InstallationId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';

/** The machine that runs jobs: who it is to AWS's eyes, and what it gives. */
export interface Host extends ResourceRequest {
  /** `i-` and 17 hexadecimal digits, as EC2's; the same for this installation on this machine. */
  readonly instanceId: string;
  /** Changes with every boot: what ran before it is gone. */
  readonly bootId: string;
}

/** ECS keeps this much of an instance's memory back from jobs (spec 08 §3.7). */
const reservedMemoryMiB = 32;

/** Describes this machine. GPUs are not counted by this version. */
export function describeHost(
  installationId: InstallationId,
  capacity: { readonly vcpus: number; readonly memoryMiB: number },
): Host {
  const digest = createHash('sha256').update(`${installationId}/${hostname()}`).digest('hex');
  return {
    instanceId: `i-${digest.slice(0, 17)}`,
    bootId: readBootId(),
    vcpus: capacity.vcpus,
    memoryMiB: Math.max(reservedMemoryMiB, capacity.memoryMiB - reservedMemoryMiB),
    gpus: 0,
  };
}

/** Linux names each boot. Elsewhere a boot goes unnoticed here, and the engine finds its processes gone. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'unknown';
    throw error;
  }
}
