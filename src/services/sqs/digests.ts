import { createHash } from 'node:crypto';

/** An attribute of a message; of a binary one the value is base64. */
export interface MessageAttribute {
  readonly type: string;
  readonly value: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** AWS's digest of attributes: by name, each length before what it is of, and a byte that says what the value is. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { type, value } = attributes[name] ?? { type: '', value: '' };
    const binary = isBinary(type);
    add(Buffer.from(name));
    add(Buffer.from(type));
    hash.update(Uint8Array.of(binary ? 2 : 1));
    add(Buffer.from(value, binary ? 'base64' : 'utf8'));
  }
  return hash.digest('hex');
}

export function isBinary(type: string): boolean {
  return type.startsWith('Binary');
}
