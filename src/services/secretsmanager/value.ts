import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { quotas } from './limits.ts';
import type { SecretVersionRecord } from './records.ts';
import { invalidHidden, invalidParameter } from './refusals.ts';

/** A value as it was given. */
export interface SecretValue {
  readonly form: SecretVersionRecord['form'];
  readonly bytes: Uint8Array;
}

/** Bytes: base64 in the JSON protocols, as they are in a call inside the server. */
const blob = z.union([
  z.instanceof(Uint8Array<ArrayBufferLike>),
  z.base64().transform((text): Uint8Array => Buffer.from(text, 'base64')),
]);

/** The members of an input that hold a value. Its bounds are checked apart: a refusal must not repeat it. */
export const valueMembers = { SecretString: z.string().optional(), SecretBinary: blob.optional() };

/** For `audit`: what nobody may see. */
export const hiddenMembers = ['SecretString', 'SecretBinary'] as const;

interface Given {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** The value of an input, if it has one. Throws for two, and for one that is empty or too large. */
export function readValue({ SecretString, SecretBinary }: Given): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) {
    // What no bytes stand for would be read as something else.
    if (!SecretString.isWellFormed()) throw invalidHidden('secretString', 'Member must be well-formed Unicode');
    return checked('secretString', { form: 'string', bytes: Buffer.from(SecretString) });
  }
  return SecretBinary && checked('secretBinary', { form: 'binary', bytes: SecretBinary });
}

function checked(member: string, value: SecretValue): SecretValue {
  const { length } = value.bytes;
  if (length === 0) throw invalidHidden(member, 'Member must have length greater than or equal to 1');
  if (length <= quotas.valueBytes) return value;
  throw invalidHidden(member, `Member must have length less than or equal to ${quotas.valueBytes}`);
}

/** Whether two values are the same, in a time that does not tell how much of them is. */
export function isSameValue(a: SecretValue, b: SecretValue): boolean {
  return a.form === b.form && a.bytes.length === b.bytes.length && timingSafeEqual(a.bytes, b.bytes);
}

/** The members of an answer that hold a value. */
export function shownValue({ form, bytes }: SecretValue): { SecretString: string } | { SecretBinary: Uint8Array } {
  return form === 'string' ? { SecretString: Buffer.from(bytes).toString() } : { SecretBinary: bytes };
}
