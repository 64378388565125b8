import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bootId, readBootId } from './boot-id.ts';

const file = '/proc/sys/kernel/random/boot_id';

test('the boot is what the kernel says, and none where there is no kernel that says it', () => {
  assert.equal(bootId(), process.platform === 'linux' ? readFileSync(file, 'latin1').trim() : '');
  assert.equal(readBootId('/no/such/file'), '');
});

test('a process that may open no more files is told so, and takes its boot for no other', () => {
  const opened: number[] = [];
  try {
    for (;;) opened.push(openSync('/dev/null', 'r'));
  } catch {
    assert.throws(() => readBootId(file), { code: 'EMFILE' });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
});
