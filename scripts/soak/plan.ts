import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SoakTime {
  /** For all programs together. */
  readonly minutes: number;
  readonly seed: number;
}

/** The command line of each program, by name. What a program takes is what it hands to `parseArgs`. */
export function planSoak(root: string, programs: readonly string[], { minutes, seed }: SoakTime): readonly string[][] {
  const all = [...programs].sort().map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
  const timed = all.filter(({ text }) => takes(text, 'minutes')).length;
  const share = String(Number((minutes / Math.max(1, timed)).toFixed(2)));
  return all.map(({ file, text }) => [
    file,
    ...(takes(text, 'minutes') ? ['--minutes', share] : []),
    ...(takes(text, 'seed') ? ['--seed', String(seed)] : []),
  ]);
}

function takes(text: string, option: 'minutes' | 'seed'): boolean {
  return new RegExp(`\\b${option}: \\{ type: 'string'`).test(text);
}
