import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileResult } from './run-file.ts';

/** Seconds that each test file took when it last ran. */
export type Durations = Readonly<Record<string, number>>;

/** Longest first, so that no core idles at the end. Unknown files: those that start servers and processes first. */
export function longestFirst(files: readonly string[], durations: Durations): readonly string[] {
  return [...files].sort((a, b) => guess(b, durations) - guess(a, durations) || (a < b ? -1 : 1));
}

function guess(file: string, durations: Durations): number {
  const known = durations[file];
  if (known !== undefined) return known;
  if (file.startsWith('test/')) return 30;
  return /engines|cli|sqlite|property/.test(file) ? 5 : 1;
}

export function readDurations(path: string): Durations {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** Adds the results of this run to what earlier runs took. */
export function writeDurations(path: string, before: Durations, results: readonly FileResult[]): void {
  const now = Object.fromEntries(results.map(({ file, seconds }) => [file, Number(seconds.toFixed(2))]));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...before, ...now }, undefined, 2)}\n`);
}
