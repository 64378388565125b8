import type { ResourceRequest } from '../../core/job.ts';
import { amountWords } from '../../scheduler/index.ts';

/** What a job asks for, or an instance has: `1 vCPU, 2 GiB of memory`, and GPUs if there are some. */
export function askedWords({ vcpus, memoryMiB, gpus }: ResourceRequest): string {
  const words = [amountWords('vcpus', vcpus), amountWords('memoryMiB', memoryMiB)];
  return [...words, ...(gpus === 0 ? [] : [amountWords('gpus', gpus)])].join(', ');
}
