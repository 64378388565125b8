const hexDigits = '0123456789ABCDEF';

/** `%XX` for every byte but the unreserved characters of RFC 3986, indexed by byte. */
const encodedBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9\-._~]/.test(character)) return character;
  return `%${hexDigits.charAt(byte >> 4)}${hexDigits.charAt(byte & 15)}`;
});

/** Percent-encodes text (as UTF-8) the way SigV4 wants it: everything but `A-Za-z0-9-._~`, in upper-case hexadecimal. */
export function encodeText(text: string): string {
  return encodeWire(Buffer.from(text, 'utf8').toString('latin1'));
}

/** The same for a string of which each character stands for one byte, as Node hands over what was on the wire. */
export function encodeWire(wire: string): string {
  let encoded = '';
  for (let index = 0; index < wire.length; index++) encoded += encodedBytes[wire.charCodeAt(index) & 0xff];
  return encoded;
}

/** Undoes percent-encoding and `+` for a blank, byte by byte; a `%` that begins no escape stands for itself. */
export function decodeWire(wire: string): string {
  if (!/[%+]/.test(wire)) return wire;
  return wire
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
