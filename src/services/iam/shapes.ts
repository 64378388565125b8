import { z } from 'zod';

/** A list of the query protocol: an empty one arrives as an empty text. */
function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess(emptyAsList, z.array(item));
}

function emptyAsList(value: unknown): unknown {
  return value === '' ? [] : value;
}

const policyDocument = z
  .string()
  .min(1)
  .max(131_072)
  .regex(/^[\t\n\r\u0020-\u00FF]+$/);

export const policyDocuments = list(policyDocument);
export { policyDocument };
export const actionNames = list(z.string().min(3).max(128));
export const resourceName = z.string().min(1).max(2048);
export const resourceArns = list(resourceName);

const contextKeyTypes = [
  ...(['string', 'stringList', 'numeric', 'numericList', 'boolean', 'booleanList'] as const),
  ...(['ip', 'ipList', 'binary', 'binaryList', 'date', 'dateList'] as const),
] as const;

const contextEntry = z.object({
  ContextKeyName: z.string().min(5).max(256).optional(),
  ContextKeyValues: list(z.string()).optional(),
  ContextKeyType: z.enum(contextKeyTypes).optional(),
});

export type ContextEntry = z.infer<typeof contextEntry>;
export const contextEntries = list(contextEntry);

export const organizationPolicies = list(z.object({ ServiceControlPolicyInputList: policyDocuments.optional() }));
export const resourceHandlingOption = z.string().min(1).max(64);
export const maxItems = z.coerce.number().int().min(1).max(1000);
export const marker = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\u0020-\u00FF]+$/);

const name = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\w+=,.@-]+$/);

/** Of users, roles and access keys. */
export const shortName = name(64);
/** Of groups, policies and instance profiles. */
export const longName = name(128);
export const accessKeyId = z.string().min(16).max(128).regex(/^\w+$/);
export const path = z
  .string()
  .min(1)
  .max(512)
  .regex(/^\/(?:[\u0021-\u007E]+\/)?$/);
export const pathPrefix = z
  .string()
  .min(1)
  .max(512)
  .regex(/^\/[\u0021-\u007E]*$/);
export const policyArn = z.string().min(20).max(2048);
export const versionId = z.string().regex(/^v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?$/);
export const description = z
  .string()
  .max(1000)
  .regex(/^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$/);
export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] }).or(z.boolean());
export const sessionDuration = z.coerce.number().int().min(3600).max(43_200);
export const tagKey = z.string().min(1).max(128);
const tag = z.object({ Key: tagKey, Value: z.string().max(256) });
export const tags = z.preprocess(emptyAsList, z.array(tag).max(50));
export const tagKeys = z.preprocess(emptyAsList, z.array(tagKey).max(50));
export const policyScope = z.enum(['All', 'AWS', 'Local']);
export const policyUsage = z.enum(['PermissionsPolicy', 'PermissionsBoundary']);
export const entityFilter = z.enum(['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy']);
export const entityFilters = z.preprocess(emptyAsList, z.array(entityFilter).max(5));
export const keyStatus = z.enum(['Active', 'Inactive']);
export const serviceName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w+=,.@-]+$/);
export const deletionTaskId = z.string().min(1).max(1000);
export const accountAlias = z
  .string()
  .min(3)
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/);
export const providerArn = z.string().min(20).max(2048);
export const providerUrl = z.string().min(1).max(255);
export const clientId = z.string().min(1).max(255);
export const clientIds = z.preprocess(emptyAsList, z.array(clientId));
/** SHA-1 of a certificate, in hexadecimal digits. */
export const thumbprints = z.preprocess(emptyAsList, z.array(z.string().regex(/^[0-9A-Fa-f]{40}$/)).max(5));
