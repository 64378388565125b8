import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A disk of its own, of so many MiB, that is gone after the test; undefined where this user may mount none. */
export function smallDisk(t: TestContext, mebibytes: number): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const options = `size=${mebibytes}m,mode=0711`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status === 0;
  t.after(() => {
    if (mounted) execFileSync('umount', ['-l', place]);
    rmSync(place, { recursive: true });
  });
  return mounted ? place : undefined;
}

/** Takes all that is left of the disk; answers what gives it back. */
export function fillDisk(disk: string): () => void {
  const path = join(disk, 'filling');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(64 * 1024);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        writeSync(file, block, 0, size);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}
