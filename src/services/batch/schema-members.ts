import { z } from 'zod';
import { mapOf } from '../../core/map-schema.ts';

/** AWS's Integer: 32 bits. */
export const integer = z.int32();
/** AWS's Long, as far as a number of JavaScript is exact: 53 bits. */
export const long = z.int();
export const strings = z.array(z.string());
export const stringMap = mapOf(z.string());
export const tags = stringMap.optional();

export const paging = {
  maxResults: integer.optional(),
  nextToken: z.string().optional(),
};

export const keyValuePairs = z.array(z.object({ name: z.string().optional(), value: z.string().optional() }));
export const resourceRequirements = z.array(z.object({ type: z.enum(['GPU', 'MEMORY', 'VCPU']), value: z.string() }));
