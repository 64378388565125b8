import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readOwnFile } from '../../core/own-file.ts';
import { setAside } from '../../core/set-aside.ts';
import type { Digest } from '../contract.ts';
import { isDigest } from '../digest.ts';

/** What a name of an image stands for. */
export const named = z.object({
  /** Whole: `docker.io/library/alpine:3`. */
  name: z.string(),
  /** What the name resolved to. */
  digest: z.custom<Digest>(isDigest),
  configDigest: z.custom<Digest>(isDigest),
  /** No registry has it under this name, so it is not removed to make room. */
  imported: z.boolean(),
});

const ref = named.extend({ lastUsed: z.number() });

export type Named = z.infer<typeof named>;
export type Ref = z.infer<typeof ref>;

const shape = z.object({ version: z.literal(1), checksum: z.string(), refs: z.array(ref) });

/** The text of `refs.json`, version 1. Its checksum covers all names. */
export function writeRefs(refs: readonly Ref[]): string {
  return `${JSON.stringify({ version: 1, checksum: checksumOf(refs), refs }, undefined, 1)}\n`;
}

/**
 * Reads `refs.json`. Undefined where there is none yet, and for one that is not whole or of another version: that one is set
 * aside, and told of.
 */
export function readRefs(path: string, warn: (words: string) => void): readonly Ref[] | undefined {
  const file = readOwnFile(path);
  if (file.kind === 'none') return undefined;
  const refs = file.kind === 'read' ? parse(file.content.toString('utf8')) : undefined;
  if (!refs) warn(`${path} was damaged, or is of another version; it is now ${setAside(path)}`);
  return refs;
}

function parse(text: string): readonly Ref[] | undefined {
  const found = shape.safeParse(json(text)).data;
  return found && found.checksum === checksumOf(found.refs) ? found.refs : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut or empty: the checksum would say the same.
    return undefined;
  }
}

function checksumOf(refs: readonly Ref[]): string {
  const facts = refs.map((each) => [each.name, each.digest, each.configDigest, each.imported, each.lastUsed]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
