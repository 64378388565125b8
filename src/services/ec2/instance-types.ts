import type { GpuInfo, InstanceTypeInfo, _InstanceType as Name } from '@aws-sdk/client-ec2';
import type { InstanceType } from '../../instance-types/index.ts';

/** What the filters of instance types look at: of AWS's those that the catalogue can answer. */
export const instanceTypeFilters = {
  'bare-metal': ({ metal }: InstanceType) => String(metal),
  'burstable-performance-supported': (type: InstanceType) => String(isBurstable(type)),
  'current-generation': ({ previous }: InstanceType) => String(!previous),
  'free-tier-eligible': () => 'false',
  'instance-type': ({ name }: InstanceType) => name,
  'memory-info.size-in-mib': ({ memoryMiB }: InstanceType) => String(memoryMiB),
  'network-info.efa-supported': ({ efa }: InstanceType) => String(efa),
  'processor-info.supported-architecture': ({ architecture }: InstanceType) => architecture,
  'supported-root-device-type': () => 'ebs',
  'supported-usage-class': () => usageClasses,
  'supported-virtualization-type': () => 'hvm',
  'vcpu-info.default-vcpus': ({ vcpus }: InstanceType) => String(vcpus),
};

const usageClasses = ['on-demand', 'spot'] as const;

/** A type as the API shows it; of members that the catalogue says nothing of there are none. */
export function instanceTypeView(type: InstanceType): InstanceTypeInfo {
  return {
    // Names of a user's catalogue may be none of AWS's.
    InstanceType: type.name as Name,
    CurrentGeneration: !type.previous,
    FreeTierEligible: false,
    SupportedUsageClasses: [...usageClasses],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: type.metal,
    ProcessorInfo: { SupportedArchitectures: [type.architecture] },
    VCpuInfo: { DefaultVCpus: type.vcpus },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    ...(type.gpus && { GpuInfo: gpuView(type.gpus) }),
    NetworkInfo: { EfaSupported: type.efa },
    BurstablePerformanceSupported: isBurstable(type),
  };
}

function isBurstable({ family }: InstanceType): boolean {
  return /^t\d/.test(family);
}

function gpuView({ count, name, manufacturer, memoryMiB }: NonNullable<InstanceType['gpus']>): GpuInfo {
  return {
    Gpus: [{ Name: name, Manufacturer: manufacturer, Count: count, MemoryInfo: { SizeInMiB: memoryMiB } }],
    TotalGpuMemoryInMiB: count * memoryMiB,
  };
}
