import { z } from 'zod';
import { integer, tags } from '../schema-members.ts';

const state = z.enum(['ENABLED', 'DISABLED']).optional();
const computeEnvironmentOrder = z.array(z.object({ order: integer, computeEnvironment: z.string() }));
const serviceEnvironmentOrder = z.array(z.object({ order: integer, serviceEnvironment: z.string() }));
const jobStateTimeLimitActions = z.array(
  z.object({
    reason: z.string(),
    state: z.enum(['RUNNABLE']),
    maxTimeSeconds: integer,
    action: z.enum(['CANCEL', 'TERMINATE']),
  }),
);

export const createJobQueue = z.object({
  jobQueueName: z.string(),
  state,
  schedulingPolicyArn: z.string().optional(),
  priority: integer,
  computeEnvironmentOrder: computeEnvironmentOrder.optional(),
  serviceEnvironmentOrder: serviceEnvironmentOrder.optional(),
  jobQueueType: z.enum(['ECS', 'ECS_FARGATE', 'ECS_MANAGED_INSTANCES', 'EKS', 'SAGEMAKER_TRAINING']).optional(),
  tags,
  jobStateTimeLimitActions: jobStateTimeLimitActions.optional(),
});

export const updateJobQueue = z.object({
  jobQueue: z.string(),
  state,
  schedulingPolicyArn: z.string().optional(),
  priority: integer.optional(),
  computeEnvironmentOrder: computeEnvironmentOrder.optional(),
  serviceEnvironmentOrder: serviceEnvironmentOrder.optional(),
  jobStateTimeLimitActions: jobStateTimeLimitActions.optional(),
});
