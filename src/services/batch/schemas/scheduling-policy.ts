import { z } from 'zod';
import { integer, paging, strings, tags, unsupported } from '../schema-members.ts';

const fairsharePolicy = z
  .object({
    shareDecaySeconds: integer.optional(),
    computeReservation: integer.optional(),
    shareDistribution: z
      .array(z.object({ shareIdentifier: z.string(), weightFactor: z.number().optional() }))
      .optional(),
  })
  .optional();

export const createSchedulingPolicy = z.object({
  name: z.string(),
  quotaSharePolicy: unsupported,
  fairsharePolicy,
  tags,
});

export const updateSchedulingPolicy = z.object({ arn: z.string(), quotaSharePolicy: unsupported, fairsharePolicy });

export const deleteSchedulingPolicy = z.object({ arn: z.string() });

export const describeSchedulingPolicies = z.object({ arns: strings });

export const listSchedulingPolicies = z.object({ ...paging });
