import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { InstallationId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';
import type { CompiledOptions } from './compiled-options.ts';

/** The machine that runs jobs: who it is to AWS's eyes, and what it gives. */
export interface Host {
  /** `i-` and 17 hexadecimal digits, as EC2's; the same for this installation on this machine. */
  readonly instanceId: string;
  readonly capacity: ResourceRequest;
}

/** ECS keeps this much of an instance's memory back from jobs (spec 08 §3.7). */
const reservedMemoryMiB = 32;

/** Describes this machine. GPUs count as far as they are named; an engine that finds some counts them itself. */
export function describeHost(
  installationId: InstallationId,
  { memoryMiB, gpus = [], ...given }: CompiledOptions['host'],
): Host {
  const digest = createHash('sha256').update(`${installationId}/${hostname()}`).digest('hex');
  return {
    instanceId: `i-${digest.slice(0, 17)}`,
    capacity: { ...given, memoryMiB: Math.max(reservedMemoryMiB, memoryMiB - reservedMemoryMiB), gpus: gpus.length },
  };
}
