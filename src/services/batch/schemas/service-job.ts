import { z } from 'zod';
import { integer, paging, strings, tags } from '../schema-members.ts';

export const submitServiceJob = z.object({
  jobName: z.string(),
  jobQueue: z.string(),
  retryStrategy: z
    .object({
      attempts: integer,
      evaluateOnExit: z
        .array(z.object({ action: z.enum(['RETRY', 'EXIT']).optional(), onStatusReason: z.string().optional() }))
        .optional(),
    })
    .optional(),
  schedulingPriority: integer.optional(),
  serviceRequestPayload: z.string(),
  serviceJobType: z.enum(['SAGEMAKER_TRAINING']),
  shareIdentifier: z.string().optional(),
  quotaShareName: z.string().optional(),
  preemptionConfiguration: z.object({ preemptionRetriesBeforeTermination: integer.optional() }).optional(),
  timeoutConfig: z.object({ attemptDurationSeconds: integer.optional() }).optional(),
  tags,
  clientToken: z.string().min(1).max(64).optional(),
});

export type SubmitServiceJobInput = z.infer<typeof submitServiceJob>;

export const listServiceJobs = z.object({
  jobQueue: z.string().optional(),
  jobStatus: z
    .enum(['SUBMITTED', 'PENDING', 'RUNNABLE', 'SCHEDULED', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'])
    .optional(),
  filters: z.array(z.object({ name: z.string().optional(), values: strings.optional() })).optional(),
  ...paging,
});

export const updateServiceJob = z.object({ jobId: z.string(), schedulingPriority: integer });
