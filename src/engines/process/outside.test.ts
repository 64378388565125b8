import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newId } from '../conformance.ts';
import { sharedScratch } from './host-probe.ts';
import { discardOutside } from './outside.ts';

test('scratch directories outside the data directory are gone at once when they are discarded', () => {
  const dataDirectory = `/nonexistent/${newId()}-${process.pid}`;
  const scratch = sharedScratch(dataDirectory);
  discardOutside(dataDirectory);
  mkdirSync(join(scratch, 'task-0', 'home'), { recursive: true });
  writeFileSync(join(scratch, 'task-0', 'home', 'file'), 'x');
  discardOutside(dataDirectory);
  assert.equal(existsSync(scratch), false);
});

test('what only has the name of scratch directories stays as it is', () => {
  const dataDirectory = `/nonexistent/${newId()}-${process.pid}`;
  const scratch = sharedScratch(dataDirectory);
  symlinkSync('/etc', scratch);
  discardOutside(dataDirectory);
  assert.equal(existsSync(join(scratch, 'passwd')), true);
  unlinkSync(scratch);
});
