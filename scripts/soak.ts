/**
 * Says what the long tier runs beside tests: one line for each program in test/soak, with its arguments. Those that take
 * `--minutes` get their share of half of the minutes, those that take `--seed` one that differs each time.
 */
import { randomInt } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { planSoak } from './soak/plan.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { minutes: { type: 'string' } } });
const programs = globSync('test/soak/*.ts', { cwd: root, exclude: (path) => path.endsWith('.test.ts') });
const seed = randomInt(2 ** 31);
for (const words of planSoak(root, programs, { minutes: Number(values.minutes) / 2, seed }))
  console.log(words.join(' '));
