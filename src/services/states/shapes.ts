import { z } from 'zod';

/** Members that several operations have, with the lengths of the API reference. */
export const arn = z.string().min(1).max(256);
/** Of executions, map runs and task tokens. */
export const longArn = z.string().min(1).max(2000);
export const name = z.string().min(1).max(80);
export const definition = z.string().min(1).max(1_048_576);
/** Bytes of a request with a definition in it: JSON within JSON, of which each quotation mark is escaped. */
export const definitionBody = 4 * 1024 * 1024;
export const description = z.string().max(256);
export const machineType = z.enum(['STANDARD', 'EXPRESS']);
export const includedData = z.enum(['ALL_DATA', 'METADATA_ONLY']);

export const loggingConfiguration = z.object({
  level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).optional(),
  includeExecutionData: z.boolean().optional(),
  destinations: z
    .array(z.object({ cloudWatchLogsLogGroup: z.object({ logGroupArn: arn.optional() }).optional() }))
    .optional(),
});

export const tracingConfiguration = z.object({ enabled: z.boolean().optional() });

export const encryptionConfiguration = z.object({
  kmsKeyId: z.string().min(1).max(2048).optional(),
  kmsDataKeyReusePeriodSeconds: z.int().min(60).max(900).optional(),
  type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
});

export const routingConfiguration = z
  .array(z.object({ stateMachineVersionArn: arn, weight: z.int().min(0).max(100) }))
  .min(1)
  .max(2);
