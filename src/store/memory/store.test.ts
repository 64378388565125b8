import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insert, job, jobId, seededRandom, virginia } from '../suite/samples.ts';
import { storeSuite } from '../suite.ts';
import { withLead } from '../with-lead.ts';
import { MemoryPlace } from './place.ts';
import { openMemoryStore } from './store.ts';

storeSuite('memory store', async () => {
  const random = seededRandom();
  return {
    keeps: false,
    open: () => openMemoryStore({ random }),
    openBesideAnother: async () => {
      const place = new MemoryPlace();
      const other = await openMemoryStore({ random, place });
      return { store: await openMemoryStore({ random, place }), usurp: async () => void (await other.takeLead()) };
    },
    dispose: async () => undefined,
  };
});

test('a store beside one that leads reads what that commits, and goes on from there once it leads itself', async () => {
  const random = seededRandom();
  const place = new MemoryPlace();
  const first = await withLead(openMemoryStore({ random, place }));
  const second = await openMemoryStore({ random, place });
  await first.commit([insert(job(1))]);
  assert.equal((await second.reads.jobs(virginia, [jobId(1)])).length, 1);
  const { epoch } = await second.takeLead();
  assert.equal(epoch, 2);
  await second.commit([insert(job(2))]);
  assert.equal((await first.reads.jobs(virginia, [jobId(1), jobId(2)])).length, 2);
});
