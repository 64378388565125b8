import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { HttpHead, HttpMessage } from '../iam/index.ts';

export type Unzipping =
  | { readonly kind: 'unzipped'; readonly body: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed' };

/** Whether the body came zipped: SDKs do so where a service's model allows it, from 10 KB on. */
export function isZipped({ headers }: HttpHead): boolean {
  return /^\s*gzip\s*$/i.test(headers['content-encoding']?.toString() ?? '');
}

const unzipAsync = promisify(gunzip);

/** Unzips in a thread of Node's own, and ends with the first byte beyond `limit`: what was packed to swell costs no more. */
export async function unzip(body: HttpMessage['body'], limit: number): Promise<Unzipping> {
  try {
    return { kind: 'unzipped', body: await unzipAsync(body, { maxOutputLength: limit }) };
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too-large' };
      if (String(error.code).startsWith('Z_')) return { kind: 'malformed' };
    }
    throw error;
  }
}
