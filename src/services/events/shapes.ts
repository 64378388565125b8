import { z } from 'zod';

export const ruleName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);

/** The name or the ARN of an event bus. */
export const eventBus = z
  .string()
  .min(1)
  .max(1600)
  .regex(/^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/.\-_A-Za-z0-9]+$/);

export const busNamePrefix = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[/.\-_A-Za-z0-9]+$/);

/** The name of a bus that is made: neither the default one nor a partner's. */
export const newBusName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[.\-_A-Za-z0-9]+$/);

export const description = z.string().max(512);

export const roleArn = z.string().min(1).max(1600);

export const arn = z.string().min(1).max(1600);

/** The members that cut a listing into pages. */
export const pageMembers = {
  Limit: z.int().min(1).max(100).optional(),
  NextToken: z.string().min(1).max(2048).optional(),
};
