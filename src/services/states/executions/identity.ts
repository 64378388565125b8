import { createHash } from 'node:crypto';
import type { TaskRef } from '../../../asl/index.ts';
import type { RandomSource } from '../../../core/random.ts';

/** 64 hexadecimal digits that name one try of a task for ever. `run` tells apart the runs of an Express execution. */
export function taskKey(executionArn: string, run: string, { frame, entry, attempt }: TaskRef): string {
  return digest([executionArn, run, frame, String(entry), String(attempt)]);
}

/** The token of a try of an activity: secret, as the seed is that its scheduling drew. */
export function activityToken(seed: string, { frame, entry, attempt }: TaskRef): string {
  const text = JSON.stringify(['activity', seed, frame, entry, attempt]);
  return createHash('sha384').update(text).digest('base64url');
}

/** 48 bytes, as all task tokens have. */
export function looksLikeToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{64}$/.test(text);
}

/** The name of a child execution of a distributed Map: the same whenever the same child is launched. */
export function childName(parentArn: string, run: string, frame: string): string {
  return uuidOf(digest([parentArn, run, frame]));
}

/** A random UUID. */
export function randomUuid(random: RandomSource): string {
  return uuidOf(Buffer.from(random.bytes(16)).toString('hex'));
}

/** What every event of an execution brings: 128 secret bits. */
export function randomSeed(random: RandomSource): string {
  return Buffer.from(random.bytes(16)).toString('hex');
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
