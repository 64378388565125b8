import type { InstanceRequirementsRequest } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { decimal, flag, whole } from './shapes.ts';

const range = z.strictObject({ Min: whole.optional(), Max: whole.optional() });
const realRange = z.strictObject({ Min: decimal.optional(), Max: decimal.optional() });
const presence = z.enum(['excluded', 'included', 'required']);

/** Which instance types would do. */
export const instanceRequirements = z.strictObject({
  VCpuCount: z.strictObject({ Min: whole, Max: whole.optional() }),
  MemoryMiB: z.strictObject({ Min: whole, Max: whole.optional() }),
  CpuManufacturers: z.array(z.enum(['amazon-web-services', 'amd', 'apple', 'intel'])).optional(),
  MemoryGiBPerVCpu: realRange.optional(),
  ExcludedInstanceTypes: z.array(z.string().max(30)).max(400).optional(),
  InstanceGenerations: z.array(z.enum(['current', 'previous'])).optional(),
  SpotMaxPricePercentageOverLowestPrice: whole.optional(),
  OnDemandMaxPricePercentageOverLowestPrice: whole.optional(),
  MaxSpotPriceAsPercentageOfOptimalOnDemandPrice: whole.optional(),
  BareMetal: presence.optional(),
  BurstablePerformance: presence.optional(),
  RequireHibernateSupport: flag.optional(),
  NetworkInterfaceCount: range.optional(),
  LocalStorage: presence.optional(),
  LocalStorageTypes: z.array(z.enum(['hdd', 'ssd'])).optional(),
  TotalLocalStorageGB: realRange.optional(),
  BaselineEbsBandwidthMbps: range.optional(),
  AcceleratorTypes: z.array(z.enum(['fpga', 'gpu', 'inference', 'media'])).optional(),
  AcceleratorCount: range.optional(),
  AcceleratorManufacturers: z.array(z.enum(['amazon-web-services', 'amd', 'habana', 'nvidia', 'xilinx'])).optional(),
  AcceleratorNames: z
    .array(
      z.enum([
        ...['a10g', 'a100', 'h100', 'inferentia', 'inferentia2', 'k520', 'k80', 'l4', 'l40s', 'm60', 'radeon-pro-v520'],
        ...['t4', 't4g', 'trainium', 'trainium2', 'u30', 'v100', 'vu9p', 'gaudi-hl-205'],
      ] as const),
    )
    .optional(),
  AcceleratorTotalMemoryMiB: range.optional(),
  NetworkBandwidthGbps: realRange.optional(),
  AllowedInstanceTypes: z.array(z.string().max(30)).max(400).optional(),
  BaselinePerformanceFactors: z
    .strictObject({
      Cpu: z
        .strictObject({ References: z.array(z.strictObject({ InstanceFamily: z.string().optional() })).optional() })
        .optional(),
    })
    .optional(),
  RequireEncryptionInTransit: flag.optional(),
}) satisfies z.ZodType<InstanceRequirementsRequest>;
