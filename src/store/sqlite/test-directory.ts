import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../contract.ts';
import { withLead } from '../with-lead.ts';
import { openSqliteStore, type SqliteStoreOptions } from './store.ts';

/** Runs `body` with a directory that is gone afterwards. For tests. */
export async function inTemporaryDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-store-'));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs `body` with a store that leads, and is closed afterwards. For tests. */
export async function withStore<Result>(
  options: SqliteStoreOptions,
  body: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await withLead(openSqliteStore(options));
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}
