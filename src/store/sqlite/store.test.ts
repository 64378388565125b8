import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../suite/samples.ts';
import { storeSuite } from '../suite.ts';
import { openSqliteStore } from './store.ts';

storeSuite('SQLite store', async () => {
  const random = seededRandom();
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-store-'));
  return {
    keeps: true,
    open: () => openSqliteStore({ directory, random }),
    dispose: async () => rmSync(directory, { recursive: true }),
  };
});
