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

/** The name of an archive. */
export const archiveName = z
  .string()
  .min(1)
  .max(48)
  .regex(/^[.\-_A-Za-z0-9]+$/);

/** The name of a replay, a connection or an API destination. */
export const ownName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);

/** The members that cut a listing into pages. */
export const pageMembers = {
  Limit: z.int().min(1).max(100).optional(),
  NextToken: z.string().min(1).max(2048).optional(),
};

/** Whether a text is the address of an endpoint of HTTP: `*` may stand in its path and query, for what rules put there. */
export function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, host } = new URL(text);
  const isHttp = protocol === 'https:' || protocol === 'http:';
  return isHttp && username === '' && password === '' && !host.includes('*') && !/[\s<>"{}|\\^`]/.test(text);
}
