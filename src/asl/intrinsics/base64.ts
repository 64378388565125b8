import { IntrinsicFault } from './arguments.ts';

/** The text that Base64 stands for, as UTF-8. Throws `IntrinsicFault` in the words of `java.util.Base64`. */
export function decodeBase64(text: string): string {
  const fault = base64Fault(text);
  if (fault !== undefined) throw new IntrinsicFault(fault);
  return Buffer.from(text, 'base64').toString('utf8');
}

/** What `java.util.Base64` has against a text: it is strict, but for padding that is missing. */
export function base64Fault(text: string): string | undefined {
  if (text === '') return undefined;
  if (text.length < 2) return 'Input byte[] should at least have 2 bytes for base64 bytes';
  const digits = text.search(/[^A-Za-z0-9+/]/);
  if (digits < 0) return text.length % 4 === 1 ? notEnough : undefined;
  const character = text[digits] ?? '';
  return character === '=' ? paddingFault(text, digits) : `Illegal base64 character ${byteInHex(character)}`;
}

const notEnough = 'Last unit does not have enough valid bits';

function paddingFault(text: string, digits: number): string | undefined {
  const inUnit = digits % 4;
  if (inUnit === 0 || (inUnit === 2 && text[digits + 1] !== '=')) {
    return 'Input byte array has wrong 4-byte ending unit';
  }
  if (inUnit === 1) return notEnough;
  const end = digits + (inUnit === 2 ? 2 : 1);
  return end < text.length ? `Input byte array has incorrect ending byte at ${end}` : undefined;
}

/** A character as Java's signed byte of Latin-1; what that has not is a question mark. */
function byteInHex(character: string): string {
  const code = character.charCodeAt(0);
  const byte = code > 0xff ? 0x3f : code;
  return (byte > 0x7f ? byte - 0x100 : byte).toString(16);
}
