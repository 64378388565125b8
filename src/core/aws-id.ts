/** 32 characters: five bits of a byte choose one without bias. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id as AWS's IAM has them: a prefix that says of what, and a letter or digit for each of `bytes`. */
export function awsId(prefix: string, bytes: Uint8Array): string {
  return prefix + Array.from(bytes, (byte) => letters.charAt(byte & 31)).join('');
}
