import type { UsageSums } from './records.ts';

/** The sums of a row of usage, by the names of their columns. */
export const usageSums: Readonly<Record<keyof UsageSums, string>> = {
  attempts: 'attempts',
  seconds: 'seconds',
  vcpuSeconds: 'vcpu_seconds',
  memoryMiBSeconds: 'memory_mib_seconds',
  gpuSeconds: 'gpu_seconds',
  cpuSeconds: 'cpu_seconds',
};

export const usageSumNames = Object.keys(usageSums) as readonly (keyof UsageSums)[];
