import { createHash } from 'node:crypto';
import type { Digest } from './contract.ts';

const sha256 = /^sha256:[0-9a-f]{64}$/;

/** The one algorithm that images use in practice. `sha512:` is none: no registry of today answers it. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && sha256.test(text);
}

/** The 64 hexadecimal digits, for names of files: what splits its options at `:`, an overlay's mount, can take them. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

export function digestOf(content: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
