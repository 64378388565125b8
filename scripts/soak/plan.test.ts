import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { planSoak } from './plan.ts';

test('programs share the time evenly; each is given only what it takes', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'soak-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (file: string, ...options: string[]) =>
    writeFileSync(
      join(root, file),
      `parseArgs({ options: { ${options.map((name) => `${name}: { type: 'string' }`)} } })`,
    );
  write('c.ts', 'minutes', 'seed');
  write('b.ts', 'jobs');
  write('a.ts', 'minutes');
  assert.deepEqual(planSoak(root, ['c.ts', 'b.ts', 'a.ts'], { minutes: 15, seed: 7 }), [
    ['a.ts', '--minutes', '7.5'],
    ['b.ts'],
    ['c.ts', '--minutes', '7.5', '--seed', '7'],
  ]);
});
