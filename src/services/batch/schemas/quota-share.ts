import { z } from 'zod';
import { integer, paging, tags } from '../schema-members.ts';

const state = z.enum(['ENABLED', 'DISABLED']).optional();
const capacityLimits = z.array(z.object({ maxCapacity: integer, capacityUnit: z.string() }));
const resourceSharingConfiguration = z.object({
  strategy: z.enum(['RESERVE', 'LEND', 'LEND_AND_BORROW']),
  borrowLimit: integer.optional(),
});
const preemptionConfiguration = z.object({ inSharePreemption: z.enum(['ENABLED', 'DISABLED']) });

export const createQuotaShare = z.object({
  quotaShareName: z.string(),
  jobQueue: z.string(),
  capacityLimits,
  resourceSharingConfiguration,
  preemptionConfiguration,
  state,
  tags,
});

export const updateQuotaShare = z.object({
  quotaShareArn: z.string(),
  capacityLimits: capacityLimits.optional(),
  resourceSharingConfiguration: resourceSharingConfiguration.optional(),
  preemptionConfiguration: preemptionConfiguration.optional(),
  state,
});

export const namedQuotaShare = z.object({ quotaShareArn: z.string() });

export const listQuotaShares = z.object({ jobQueue: z.string(), ...paging });
