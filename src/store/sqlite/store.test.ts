import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { seededRandom } from '../suite/samples.ts';
import { storeSuite } from '../suite.ts';
import { openSqliteStore } from './store.ts';

storeSuite('SQLite store', async () => {
  const random = seededRandom();
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-store-'));
  return {
    keeps: true,
    open: () => openSqliteStore({ directory, random }),
    openBesideAnother: async () => {
      await create(directory);
      const store = await openSqliteStore({ directory, random });
      return {
        store,
        usurp: () => store.commit([{ kind: 'cursor.put', consumer: 'usurper', cursor: { sequence: 1 } }]),
      };
    },
    dispose: async () => rmSync(directory, { recursive: true }),
  };
});

/** Nobody else can write while a store is open: this takes the lead from within, when it sees a certain consumer. */
async function create(directory: string): Promise<void> {
  await (await openSqliteStore({ directory, random: seededRandom() })).close();
  const database = new DatabaseSync(join(directory, 'store.sqlite'));
  database.exec(`CREATE TRIGGER usurp AFTER INSERT ON cursor WHEN new.consumer = 'usurper'
                 BEGIN UPDATE leader SET epoch = epoch + 1; END`);
  database.close();
}
