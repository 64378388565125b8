import { z } from 'zod';
import { jobStatuses } from '../../../core/job.ts';
import { eksPropertiesOverride } from '../definition/pod-schema.ts';
import {
  consumableResourceProperties,
  containerOverrides,
  ecsPropertiesOverride,
  nodeOverrides,
  retryStrategy,
  timeout,
} from '../definition/schema.ts';
import { integer, paging, stringMap, strings, tags } from '../schema-members.ts';

export const submitJob = z.object({
  jobName: z.string(),
  jobQueue: z.string(),
  shareIdentifier: z.string().optional(),
  schedulingPriorityOverride: integer.optional(),
  arrayProperties: z.object({ size: integer.optional() }).optional(),
  dependsOn: z
    .array(z.object({ jobId: z.string().optional(), type: z.enum(['N_TO_N', 'SEQUENTIAL']).optional() }))
    .optional(),
  jobDefinition: z.string(),
  parameters: stringMap.optional(),
  containerOverrides: containerOverrides.optional(),
  nodeOverrides: nodeOverrides.optional(),
  retryStrategy,
  propagateTags: z.boolean().optional(),
  timeout,
  tags,
  eksPropertiesOverride: eksPropertiesOverride.optional(),
  ecsPropertiesOverride: ecsPropertiesOverride.optional(),
  consumableResourcePropertiesOverride: consumableResourceProperties,
});

export const listJobs = z.object({
  jobQueue: z.string().optional(),
  arrayJobId: z.string().optional(),
  multiNodeJobId: z.string().optional(),
  jobStatus: z.enum(jobStatuses).optional(),
  filters: z.array(z.object({ name: z.string().optional(), values: strings.optional() })).optional(),
  ...paging,
});

export type SubmitJobInput = z.infer<typeof submitJob>;
