import assert from 'node:assert/strict';
import { unfinishedOf } from '../../core/job-record.ts';
import type { Store } from '../contract.ts';
import { withLead } from '../with-lead.ts';
import { homeTest, type StoreHome } from './home.ts';
import { slicesOf } from './load.ts';
import { append, insert, job, jobId, move, note, stateOf, virginia } from './samples.ts';

/** Opens one store after another in the same home, each of which leads. */
async function inTurn<Result>(place: StoreHome, body: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await withLead(place.open());
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

export function durabilityTests(home: () => Promise<StoreHome>): void {
  homeTest(
    'a store that opens where another was has what was committed, or nothing if its kind keeps nothing',
    home,
    async (place) => {
      await inTurn(place, async (store) => {
        await store.commit([insert(job(1)), insert(job(2)), { kind: 'record.put', record: note('a') }, append(1)]);
        void store.commit([
          move(job(2), 'SUCCEEDED', 7),
          { kind: 'cursor.put', consumer: 'events', cursor: { sequence: 1 } },
        ]);
      });
      await inTurn(place, async (store) => {
        const loaded = await store.load();
        const found = await store.reads.jobs(virginia, [jobId(2)]);
        const kept = {
          records: [note('a')],
          cursors: { events: { sequence: 1 } },
          lastFact: 1,
          waiting: [unfinishedOf(job(1))],
          finished: [stateOf('SUCCEEDED', 7)],
        };
        const nothing = { records: [], cursors: {}, lastFact: 0, waiting: [], finished: [] };
        assert.deepEqual(
          {
            records: loaded.records,
            cursors: loaded.cursors,
            lastFact: loaded.lastFact,
            waiting: (await slicesOf(loaded)).flat(),
            finished: found.map(({ record }) => record.state),
          },
          place.keeps ? kept : nothing,
        );
      });
    },
  );

  homeTest(
    'an installation keeps its id and its epoch grows with every lead, where anything is kept',
    home,
    async (place) => {
      const lead = async (store: Store) => ({ installationId: store.installationId, ...(await store.takeLead()) });
      const first = await inTurn(place, lead);
      const second = await inTurn(place, lead);
      assert.match(first.installationId, /^[0-9a-f]{32}$/);
      assert.equal(first.epoch, 1);
      assert.equal(second.epoch, place.keeps ? 2 : 1);
      assert.equal(second.installationId === first.installationId, place.keeps);
    },
  );
}
