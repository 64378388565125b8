import { z } from 'zod';
import { integer, paging, strings, tags } from '../schema-members.ts';

const fairsharePolicy = z
  .object({
    shareDecaySeconds: integer.optional(),
    computeReservation: integer.optional(),
    shareDistribution: z
      .array(z.object({ shareIdentifier: z.string(), weightFactor: z.number().optional() }))
      .optional(),
  })
  .optional();

// Which strategies there are is said in AWS's own words: it checks them itself.
const quotaSharePolicy = z
  .object({ idleResourceAssignmentStrategy: z.custom<'FIFO'>((given) => typeof given === 'string') })
  .optional();

export const createSchedulingPolicy = z.object({
  name: z.string(),
  quotaSharePolicy,
  fairsharePolicy,
  tags,
});

export const updateSchedulingPolicy = z.object({ arn: z.string(), quotaSharePolicy, fairsharePolicy });

export const deleteSchedulingPolicy = z.object({ arn: z.string() });

export const describeSchedulingPolicies = z.object({ arns: strings });

export const listSchedulingPolicies = z.object({ ...paging });
