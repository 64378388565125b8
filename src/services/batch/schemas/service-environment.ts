import { z } from 'zod';
import { integer, paging, strings, tags } from '../schema-members.ts';

const state = z.enum(['ENABLED', 'DISABLED']).optional();
const capacityLimits = z.array(z.object({ maxCapacity: integer.optional(), capacityUnit: z.string().optional() }));

export const createServiceEnvironment = z.object({
  serviceEnvironmentName: z.string(),
  serviceEnvironmentType: z.enum(['SAGEMAKER_TRAINING']),
  state,
  capacityLimits,
  tags,
});

export const updateServiceEnvironment = z.object({
  serviceEnvironment: z.string(),
  state,
  capacityLimits: capacityLimits.optional(),
});

export const deleteServiceEnvironment = z.object({ serviceEnvironment: z.string() });

export const describeServiceEnvironments = z.object({ serviceEnvironments: strings.optional(), ...paging });
