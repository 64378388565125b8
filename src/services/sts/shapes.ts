import { z } from 'zod';

/** A list of the query protocol: an empty one arrives as an empty text. */
function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

/** Characters that AWS allows in names of sessions, users and devices. */
export const nameText = z.string().regex(/^[\w+=,.@-]*$/);

export const sessionName = nameText.min(2).max(64);
export const roleArn = z.string().min(20).max(2048);
export const mfaSerialNumber = z.string().min(9).max(256);
export const mfaCode = z.string().length(6);
/** AWS's quota of its plain text. */
export const sessionPolicy = z.string().min(1).max(2048);
export const policyArns = list(z.object({ arn: z.string().min(20).max(2048).optional() })).pipe(
  z.array(z.object({ arn: z.string().optional() })).max(10),
);
export const sessionTags = list(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).pipe(
  z.array(z.object({ Key: z.string(), Value: z.string() })).max(50),
);
export const tagKeys = list(z.string().min(1).max(128)).pipe(z.array(z.string()).max(50));
export const providedContexts = list(
  z.object({ ProviderArn: z.string().optional(), ContextAssertion: z.string().optional() }),
);

/** Seconds that temporary credentials shall hold. */
export function duration(shortest: number, longest: number) {
  return z.coerce.number().int().min(shortest).max(longest);
}
