import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newJobId, SystemRandom } from './random.ts';
import { hashOf } from './text-hash.ts';

test('ids of jobs made at one time, and of their children, are spread by any eight bits: none has more than four times its part', () => {
  const random = new SystemRandom();
  const ids = Array.from({ length: 10_000 }, () => newJobId(1_700_000_000_000, random));
  const children = Array.from({ length: 10_000 }, (_, index) => `${ids[0]}:${index}`);
  for (const texts of [ids, children]) {
    for (const shift of [0, 8, 16, 24]) {
      const counts = new Uint32Array(256);
      for (const text of texts)
        counts[(hashOf(text) >>> shift) & 255] = (counts[(hashOf(text) >>> shift) & 255] ?? 0) + 1;
      const most = Math.max(...counts);
      assert.ok(most <= (4 * texts.length) / 256, `${most} share bits ${shift} to ${shift + 7}`);
    }
  }
});
