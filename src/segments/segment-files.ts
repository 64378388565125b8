import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, SegmentIndex } from './segment-index.ts';
import type { SegmentIndexes } from './segment-indexes.ts';
import { parseSegmentName } from './segment-name.ts';
import { firstPosition, type SegmentPosition } from './segment-position.ts';
import type { SegmentSummary } from './segment-writer.ts';

/** A segment to read: at most its first `bytes`, if given. With its times a reader need not open what it does not want. */
export interface SegmentFile {
  readonly file: string;
  readonly bytes?: number;
  readonly firstEventAt?: number;
  readonly lastEventAt?: number;
}

export interface NumberedFile extends SegmentFile {
  readonly number: number;
}

/** The segments of `prefix` in a directory, by number; none when there is no directory, or a file in its place. */
export async function listSegments(directory: string, prefix = ''): Promise<SegmentFile[]> {
  const names = await namesIn(directory);
  return numberFiles(names.filter((name) => parseSegmentName(name)?.prefix === prefix).map((file) => ({ file })));
}

/** Drops what is no segment, and sorts by number. */
export function numberFiles(files: readonly SegmentFile[]): NumberedFile[] {
  return files
    .flatMap((file) => {
      const parsed = parseSegmentName(file.file);
      return parsed ? [{ ...file, number: parsed.number }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/** Where the last whole record of these segments (of one prefix) ends: a fixed place to walk back from. */
export async function findEnd(
  indexes: SegmentIndexes,
  directory: string,
  files: readonly SegmentFile[],
): Promise<SegmentPosition> {
  for (const { file, number, bytes } of numberFiles(files).reverse()) {
    if (bytes !== undefined) return { segment: number, offset: bytes };
    const index = indexes.of(directory, file);
    while (await index.extend());
    if (index.blocks.length > 0) return { segment: number, offset: index.end };
  }
  return firstPosition;
}

/**
 * Reads every segment of a directory (or of one prefix) and says what whole records each holds, oldest first: what a
 * writer that crashed can no longer say. `bytes` ends with the last whole record; segments without one are left out.
 * `onDamage` hears, in words with the path, of what is in a file and cannot be read.
 */
export async function summarise(
  directory: string,
  prefix?: string,
  onDamage: (words: string) => void = () => {},
): Promise<SegmentSummary[]> {
  const summaries: SegmentSummary[] = [];
  for (const file of namesNow(directory).sort()) {
    const parsed = parseSegmentName(file);
    if (!parsed || (prefix !== undefined && parsed.prefix !== prefix)) continue;
    const index = new SegmentIndex(directory, file);
    const damage = await index.readWhole();
    if (damage !== undefined) onDamage(`${join(directory, file)} ${damage}`);
    const summary = summariseIndex(file, index);
    if (summary) summaries.push(summary);
  }
  return summaries;
}

function summariseIndex(file: string, index: SegmentIndex): SegmentSummary | undefined {
  const [first, ...others] = index.blocks;
  if (!first) return undefined;
  const summary = { ...first };
  for (const block of others) {
    summary.firstEventAt = Math.min(summary.firstEventAt, block.firstEventAt);
    summary.lastEventAt = Math.max(summary.lastEventAt, block.lastEventAt);
    summary.events += block.events;
  }
  const { firstEventAt, lastEventAt, events } = summary;
  return { file, firstEventAt, lastEventAt, events, bytes: index.end };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The same at once: a stream has few, and another thread would cost ten times as much. */
function namesNow(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
