import { z } from 'zod';
import { mapOf } from '../../core/map-schema.ts';

/** A list of the query protocol: an empty one arrives as an empty text. */
export function queryList<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

/** A map of texts of the query protocol: an empty one arrives as an empty text. */
export const attributeMap = z.preprocess((value) => (value === '' ? {} : value), mapOf(z.string()));

/** A boolean of the query protocol, or of a call inside the server. */
export const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

/** Bytes: base64 in the query protocol. */
const bytes = z.union([
  z.instanceof(Uint8Array<ArrayBufferLike>),
  z.string().transform((text): Uint8Array => Buffer.from(text, 'base64')),
]);

const messageAttribute = z.object({
  DataType: z.string().min(1),
  StringValue: z.string().optional(),
  BinaryValue: bytes.optional(),
});

/** The attributes of a message. */
export const messageAttributes = z.preprocess((value) => (value === '' ? {} : value), mapOf(messageAttribute));

/** The members of a message, whether published alone or in a batch. */
export const messageMembers = {
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: messageAttributes.optional(),
  MessageDeduplicationId: z.string().optional(),
  MessageGroupId: z.string().optional(),
};
