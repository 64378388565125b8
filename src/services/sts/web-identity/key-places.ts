import { open } from 'node:fs/promises';
import type { Milliseconds } from '../../../core/ids.ts';
import type { ReadKeys } from './issuer-keys.ts';

/** In bytes: two hundred keys are less. */
const mostBytes = 1_048_576;
/** For all of an answer. */
const patience: Milliseconds = 5_000;

/** Where an issuer's keys are: the path of a file, or a URL. */
export function keysAt(place: string): ReadKeys {
  return /^https?:/.test(place) ? () => fetchText(place) : () => readText(place);
}

/** A redirection is not followed: it could lead to where the operator did not mean. */
async function fetchText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(patience);
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`${url} answered more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

async function readText(path: string): Promise<string> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
  if (bytesRead > mostBytes) throw new Error(`${path} is larger than ${mostBytes} bytes`);
  return buffer.toString('utf8', 0, bytesRead);
}
