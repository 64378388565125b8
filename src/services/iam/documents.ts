import { type PolicyDocument, type PolicyKind, readPolicy } from '../../iam/index.ts';
import { malformed } from './refusals.ts';

/** Reads a policy that is to be saved. Throws `MalformedPolicyDocument`. */
export function checkDocument(text: string, kind: PolicyKind): PolicyDocument {
  const reading = readPolicy(text, kind);
  if (reading.kind === 'policy') return reading.document;
  throw malformed(reading.message);
}

/** The size of a policy as quotas count it: without white space. */
export function sizeOf(text: string): number {
  return text.replace(/[\t\n\r ]+/g, '').length;
}

/** As answers have policies: encoded as RFC 3986 has it. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
