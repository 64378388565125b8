import { z } from 'zod';
import { mapOf } from '../../core/map-schema.ts';

/** A number; text in the query protocol. */
export const number = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
  z.number().int(),
);

/** A list; of the query protocol an empty one is an empty text. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

export const textMap = z.preprocess((value) => (value === '' ? {} : value), mapOf(z.string()));

/** Bytes: base64 in every protocol. */
const bytes = z.union([
  z.instanceof(Uint8Array<ArrayBufferLike>),
  z.string().transform((text): Uint8Array => Buffer.from(text, 'base64')),
]);

const attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: bytes.optional(),
});

/** The members of a message, alone or in a batch. */
export const messageMembers = {
  MessageBody: z.string(),
  DelaySeconds: number.optional(),
  MessageAttributes: mapOf(attribute).optional(),
  MessageSystemAttributes: mapOf(attribute).optional(),
  MessageDeduplicationId: z.string().optional(),
  MessageGroupId: z.string().optional(),
};
