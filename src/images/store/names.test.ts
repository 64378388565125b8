import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../core/clock.ts';
import type { Digest } from '../contract.ts';
import { Names } from './names.ts';
import { temporary } from './open-store.fixture.ts';

const digests = ['0', '1', '2'].map((digit): Digest => `sha256:${digit.repeat(64)}`);
const image = fc.constantFrom(...digests);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const act = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), name, image }),
  fc.record({ kind: fc.constant('touch' as const), image }),
  fc.record({ kind: fc.constant('forget name' as const), name }),
  fc.record({ kind: fc.constant('forget image' as const), image }),
);

test('what an image is called, and when it was last used, is what its names say, however they come, move and go', async (t) => {
  const path = `${temporary(t)}.json`;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
      const clock = new ManualClock();
      const names = new Names({ path, clock, warn: assert.fail });
      for (const each of acts) {
        clock.advance(1);
        if (each.kind === 'put')
          await names.put({ name: each.name, digest: each.image, configDigest: each.image, imported: false });
        else if (each.kind === 'touch') names.touch(each.image);
        else names.forget(each.kind === 'forget name' ? { name: each.name } : { configDigest: each.image });
        for (const configDigest of digests) {
          const times = names.all().flatMap((ref) => (ref.configDigest === configDigest ? [ref.lastUsed] : []));
          assert.equal(names.lastUsed(configDigest), times.length === 0 ? undefined : Math.max(...times));
        }
        if (each.kind === 'touch') assert.ok([undefined, clock.now()].includes(names.lastUsed(each.image)));
        if (each.kind === 'forget image') assert.equal(names.lastUsed(each.image), undefined);
        if (each.kind === 'forget name') assert.equal(names.get(each.name), undefined);
      }
      await names.close();
      rmSync(path);
    }),
    { numRuns: 30 },
  );
});
