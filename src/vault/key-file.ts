import { createSecretKey } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { EpochMilliseconds } from '../core/ids.ts';
import { jsonOf } from '../core/json-of.ts';
import { readOwnFile } from '../core/own-file.ts';
import { replaceFileAside } from '../core/whole-file.ts';
import type { ValueKey } from './envelope.ts';

/** The file of a data directory that keeps the keys which values are sealed under. */
export const keyFileName = 'value-keys.json';

/** A key as the file has it. */
export interface KeptKey extends ValueKey {
  readonly createdAt: EpochMilliseconds;
}

/** What the file holds: the newest key comes first, and seals; older ones only open what is not sealed anew yet. */
export type KeyFile =
  | { readonly kind: 'keys'; readonly keys: readonly [KeptKey, ...KeptKey[]] }
  | { readonly kind: 'missing' }
  /** In words, never with anything that is in it. */
  | { readonly kind: 'damaged'; readonly damage: string };

export function keyFileOf(directory: string): string {
  return join(directory, keyFileName);
}

const keyLength = 32;
const keptKey = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  createdAt: z.number(),
  key: z.base64().refine((text) => Buffer.from(text, 'base64').length === keyLength),
});
const fileFormat = z.object({ formatVersion: z.literal(1), keys: z.tuple([keptKey], keptKey) });

/** Reads the keys of a data directory. Throws what the file system does, but for a file that is not there or no file. */
export function readKeyFile(directory: string): KeyFile {
  const read = readOwnFile(keyFileOf(directory));
  if (read.kind === 'none') return { kind: 'missing' };
  if (read.kind === 'other') return { kind: 'damaged', damage: `it is ${read.what}` };
  const content = read.content.toString();
  const found = fileFormat.safeParse(jsonOf(content));
  if (!found.success) return { kind: 'damaged', damage: damageOf(content, found.error) };
  const ids = new Set(found.data.keys.map(({ id }) => id));
  if (ids.size < found.data.keys.length) return { kind: 'damaged', damage: 'two of its keys have the same id' };
  const [first, ...others] = found.data.keys;
  return { kind: 'keys', keys: [keyOf(first), ...others.map(keyOf)] };
}

/** What a copy of a data directory lacks for its values to be read, in words; undefined where its keys are whole. */
export function keysLackedBy(directory: string): string | undefined {
  const file = readKeyFile(directory);
  const unread = 'values of secrets and parameters that are in it cannot be read';
  switch (file.kind) {
    case 'keys':
      return undefined;
    case 'missing':
      return `${directory} has no ${keyFileName}: ${unread}`;
    case 'damaged':
      return `${keyFileOf(directory)} is damaged (${file.damage}): ${unread}`;
  }
}

function keyOf({ id, createdAt, key }: z.infer<typeof keptKey>): KeptKey {
  return { id, createdAt, key: createSecretKey(key, 'base64') };
}

/** Names what is wrong by its place alone: what is damaged may still be a key. */
function damageOf(content: string, { issues }: z.ZodError): string {
  if (content.trim() === '') return 'it is empty';
  const path = issues[0]?.path ?? [];
  if (path[0] === 'formatVersion') return 'it is not of format 1, which this version reads';
  return path.length > 0 ? `its ${path.join('.')} is missing or wrong` : 'it is not a JSON object';
}

/**
 * Replaces the keys of a data directory (0600), durably and whole: after a crash at any moment the file is the old one or the
 * new one.
 */
export async function writeKeyFile(directory: string, keys: readonly KeptKey[]): Promise<void> {
  const kept = keys.map(({ id, createdAt, key }) => ({ id, createdAt, key: key.export().toString('base64') }));
  const content = `${JSON.stringify({ formatVersion: 1, keys: kept }, undefined, 2)}\n`;
  await replaceFileAside(keyFileOf(directory), content);
}
