import { z } from 'zod';
import { long, paging, strings, tags } from '../schema-members.ts';

export const createConsumableResource = z.object({
  consumableResourceName: z.string(),
  totalQuantity: long.optional(),
  resourceType: z.string().optional(),
  tags,
});

export const updateConsumableResource = z.object({
  consumableResource: z.string(),
  operation: z.string().optional(),
  quantity: long.optional(),
  clientToken: z.string().min(1).max(64).optional(),
});

const filters = z.array(z.object({ name: z.string().optional(), values: strings.optional() })).optional();

export const listConsumableResources = z.object({ filters, ...paging });

export const listJobsByConsumableResource = z.object({ consumableResource: z.string(), filters, ...paging });

export type GivenFilters = z.infer<typeof filters>;
