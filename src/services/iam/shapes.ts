import { z } from 'zod';

/** A list of the query protocol: an empty one arrives as an empty text. */
function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

const policyDocument = z
  .string()
  .min(1)
  .max(131_072)
  .regex(/^[\t\n\r\u0020-\u00FF]+$/);

export const policyDocuments = list(policyDocument);
export const resourcePolicy = policyDocument;
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
  .max(320)
  .regex(/^[\u0020-\u00FF]+$/);
