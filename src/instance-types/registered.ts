import type { InstanceType, Registered } from './instance-type.ts';

/** What the operating system sees of an `m4.large`, and what it has by its name (spec 04 §11.2). */
const seen = { ofMiB: 8_192, memoryMiB: 7_985 };
/** The agent's, unless `ECS_RESERVED_MEMORY` says otherwise. */
const agentMiB = 32;

/**
 * What an instance registers with its cluster: all of its vCPUs; of its memory, what an operating system sees of it, less the agent's. How much
 * that is AWS says of one type, so the others are taken to lose the same part. GPUs count if AWS Batch has an image for them: NVIDIA's, beside
 * x86 (spec 01 §15).
 */
export function registeredOf(type: Pick<InstanceType, 'vcpus' | 'memoryMiB' | 'gpus' | 'architecture'>): Registered {
  const memoryMiB = Math.floor((type.memoryMiB * seen.memoryMiB) / seen.ofMiB) - agentMiB;
  const usable = type.gpus?.manufacturer === 'NVIDIA' && type.architecture === 'x86_64';
  return { vcpuMillis: type.vcpus * 1_000, memoryMiB, gpus: usable ? (type.gpus?.count ?? 0) : 0 };
}
