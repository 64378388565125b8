import { z } from 'zod';

/** The name of a schedule or a group. */
export const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-zA-Z-_.]+$/);

export const clientToken = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9-_]+$/);

/** In JSON seconds since 1970; from other services of the installation a date, or its text. */
export const time = z.union([
  z
    .number()
    .min(0)
    .max(8.64e12)
    .transform((seconds) => new Date(seconds * 1000)),
  z.date(),
  z.iso.datetime().transform((text) => new Date(text)),
]);

/** The members that cut a listing into pages. Over HTTP the number is a text of the query string. */
export const pageMembers = {
  MaxResults: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,4}$/)
        .transform(Number),
    ])
    .pipe(z.int().min(1).max(100))
    .optional(),
  NextToken: z.string().min(1).max(2048).optional(),
};

export const tagList = z
  .array(z.object({ Key: z.string().min(1).max(128), Value: z.string().min(1).max(256) }))
  .max(200);

export const state = z.enum(['ENABLED', 'DISABLED']);
