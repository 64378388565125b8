import type { GpuInfo, InstanceTypeInfo, _InstanceType as Name, PlacementGroupStrategy } from '@aws-sdk/client-ec2';
import type { InstanceType } from '../../instance-types/index.ts';

/** What the filters of instance types look at: of AWS's those that the catalogue can answer. */
export const instanceTypeFilters = {
  'bare-metal': ({ metal }: InstanceType) => String(metal),
  'burstable-performance-supported': (type: InstanceType) => String(isBurstable(type)),
  'current-generation': ({ previous }: InstanceType) => String(!previous),
  'ebs-info.encryption-support': () => 'supported',
  'free-tier-eligible': () => 'false',
  'instance-type': ({ name }: InstanceType) => name,
  'memory-info.size-in-mib': ({ memoryMiB }: InstanceType) => String(memoryMiB),
  'network-info.efa-supported': ({ efa }: InstanceType) => String(efa),
  'placement-group-info.supported-strategies': placementStrategies,
  'processor-info.supported-architecture': ({ architecture }: InstanceType) => architecture,
  'supported-root-device-type': () => 'ebs',
  'supported-usage-class': () => usageClasses,
  'supported-virtualization-type': () => 'hvm',
  'vcpu-info.default-vcpus': ({ vcpus }: InstanceType) => String(vcpus),
};

const usageClasses = ['on-demand', 'spot'] as const;

/**
 * A type as the API shows it; of members that the catalogue says nothing of there are none, but for what is so of all types. Terraform
 * takes a type without one of the structures here for none at all.
 */
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
    EbsInfo: { EncryptionSupport: 'supported' },
    NetworkInfo: { EfaSupported: type.efa },
    PlacementGroupInfo: { SupportedStrategies: [...placementStrategies(type)] },
    BurstablePerformanceSupported: isBurstable(type),
  };
}

/** Burstable types may be in no cluster. */
function placementStrategies(type: InstanceType): readonly PlacementGroupStrategy[] {
  return isBurstable(type) ? ['partition', 'spread'] : ['cluster', 'partition', 'spread'];
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
