import { z } from 'zod';

/** Members that several operations have, with the lengths of the API reference. */
export const arn = z.string().min(1).max(256);
/** Of executions, map runs and task tokens. */
export const longArn = z.string().min(1).max(2000);
export const name = z.string().min(1).max(80);
/**
 * Letters, digits, `-`, `_` and `.`, and not digits alone: those are versions. AWS's pattern has its own `^` and `$`, which its
 * refusal quotes: of what stands here the outer ones are ours.
 */
// biome-ignore lint/complexity/useRegexLiterals: a literal must not have the escapes that AWS's pattern has.
export const aliasName = name.regex(new RegExp(String.raw`^^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$$`));
/** AWS reads an empty one, and says that it is no JSON object (recorded). */
export const definition = z.string().max(1_048_576);
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
