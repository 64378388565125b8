import type { ResourceType } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { limits } from './limits.ts';

/** A boolean of a request, which carries text, or of a call inside the server. */
export const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

/** A whole number, likewise. */
export const whole = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
  z.int(),
);

/** A number, likewise. */
export const decimal = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value),
  z.number(),
);

/** Bytes: base64 in a request. */
export const bytes = z.union([
  z.instanceof(Uint8Array<ArrayBufferLike>),
  z.string().transform((text): Uint8Array => Buffer.from(text, 'base64')),
]);

export const texts = z.array(z.string()).max(1_000);

export const filterList = z
  .array(
    z.strictObject({
      Name: z.string().optional(),
      Values: z.array(z.string().max(limits.filterValue)).max(limits.valuesPerFilter).optional(),
    }),
  )
  .max(limits.filters);
export type Filters = z.infer<typeof filterList>;

/** What AWS adds to from month to month: any name of the right form. */
export const openName = <Name extends string>() => z.string().regex(/^[a-z0-9.-]{1,64}$/) as unknown as z.ZodType<Name>;

export const tagList = z.array(z.strictObject({ Key: z.string().optional(), Value: z.string().optional() })).max(1_000);

export const tagSpecifications = z
  .array(z.strictObject({ ResourceType: openName<ResourceType>().optional(), Tags: tagList.optional() }))
  .max(100);
export type TagSpecifications = z.infer<typeof tagSpecifications>;

/** What every list of resources takes. */
export const listed = {
  Filters: filterList.optional(),
  MaxResults: whole.optional(),
  NextToken: z.string().optional(),
};
