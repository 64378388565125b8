import { IntrinsicFault } from './arguments.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The text that Base64 stands for, as `java.util.Base64` decodes it: strict but for missing padding. Throws in its words. */
export function decodeBase64(text: string): string {
  checkBase64(text);
  return Buffer.from(text, 'base64').toString('utf8');
}

function checkBase64(text: string): void {
  if (text === '') return;
  if (text.length < 2) throw new IntrinsicFault('Input byte[] should at least have 2 bytes for base64 bytes');
  const padding = indexOfPadding(text);
  const digits = padding ?? text.length;
  const inUnit = digits % 4;
  if (padding === undefined) {
    if (inUnit === 1) throw new IntrinsicFault('Last unit does not have enough valid bits');
    return;
  }
  if (inUnit === 0 || (inUnit === 2 && text[padding + 1] !== '=')) {
    throw new IntrinsicFault('Input byte array has wrong 4-byte ending unit');
  }
  if (inUnit === 1) throw new IntrinsicFault('Last unit does not have enough valid bits');
  const end = padding + (inUnit === 2 ? 2 : 1);
  if (end < text.length) throw new IntrinsicFault(`Input byte array has incorrect ending byte at ${end}`);
}

/** Where the digits end and padding begins. */
function indexOfPadding(text: string): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '=') return at;
    if (!alphabet.includes(character)) throw new IntrinsicFault(`Illegal base64 character ${byteInHex(character)}`);
  }
  return undefined;
}

/** A character as Java's signed byte of Latin-1; what that has not is a question mark. */
function byteInHex(character: string): string {
  const code = character.charCodeAt(0);
  const byte = code > 0xff ? 0x3f : code;
  return (byte > 0x7f ? byte - 0x100 : byte).toString(16);
}
