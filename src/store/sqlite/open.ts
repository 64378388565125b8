import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../open-error.ts';
import { Connection } from './connection.ts';
import { isBusy, messageOf } from './failure.ts';
import { migrations } from './migrations/index.ts';

/** What the worker is started with. */
export interface OpenRequest {
  readonly directory: string;
  /** Used when the database is new. */
  readonly newInstallationId: string;
  readonly maximumBytes?: number;
}

export interface OpenDatabase {
  readonly connection: Connection;
  readonly installationId: string;
  readonly epoch: number;
}

/** `Byrd`: tells our file from any other SQLite database. */
const applicationId = 0x42797264;

/** Two servers that start at once get in each other's way for an instant, so that one try could fail both. */
const lockTimeout = 500;

/**
 * Opens the database of a directory, made if need be, takes its lock, migrates it and begins a new epoch.
 * Throws `StoreUnavailable`, having let go of everything.
 */
export function openDatabase(request: OpenRequest): OpenDatabase {
  try {
    mkdirSync(request.directory, { recursive: true, mode: 0o700 });
    const path = join(request.directory, 'store.sqlite');
    const opened = takeOver(new Connection(path, lockTimeout), request);
    chmodSync(path, 0o600);
    return opened;
  } catch (error) {
    throw unavailable(error, request.directory);
  }
}

function takeOver(connection: Connection, request: OpenRequest): OpenDatabase {
  try {
    configure(connection, request.maximumBytes);
    const leadership = connection.transaction(() => prepare(connection, request));
    return { connection, ...leadership };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * The lock is the kernel's: it is taken with the first access and goes with the process, however that ends. FULL makes
 * every commit durable before it returns. Beyond the checkpoint's size the write-ahead log is cut back.
 */
function configure(connection: Connection, maximumBytes: number | undefined): void {
  connection.execute(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -4096;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 33554432;
  `);
  if (maximumBytes !== undefined) {
    connection.execute(`PRAGMA max_page_count = ${Math.ceil(maximumBytes / pragma(connection, 'page_size'))}`);
  }
}

function prepare(connection: Connection, request: OpenRequest): { installationId: string; epoch: number } {
  migrate(connection, request.directory);
  connection.run(
    'INSERT INTO leader (id, installation_id, epoch) VALUES (1, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1',
    [request.newInstallationId],
  );
  const leader = connection.first<[string, number]>('SELECT installation_id, epoch FROM leader');
  if (!leader) throw new Error('the leader row is missing');
  return { installationId: leader[0], epoch: leader[1] };
}

function migrate(connection: Connection, directory: string): void {
  const version = pragma(connection, 'user_version');
  const foreign = pragma(connection, 'application_id') !== applicationId;
  if (foreign && (version !== 0 || hasTables(connection))) {
    throw new StoreUnavailable('failed', `${directory}/store.sqlite is not a database of Batchyard`);
  }
  if (version > migrations.length) {
    throw new StoreUnavailable(
      'newer-schema',
      `the data directory ${directory} was written by a newer release (schema ${version}, this release knows ` +
        `${migrations.length}): start that release, or give another directory`,
    );
  }
  for (const migration of migrations.slice(version)) connection.execute(migration);
  connection.execute(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
}

function hasTables(connection: Connection): boolean {
  return connection.first('SELECT 1 FROM sqlite_schema') !== undefined;
}

function pragma(connection: Connection, name: 'page_size' | 'user_version' | 'application_id'): number {
  return connection.first<[number]>(`PRAGMA ${name}`)?.[0] ?? 0;
}

function unavailable(error: unknown, directory: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  if (isBusy(error)) {
    const message = `the data directory ${directory} is in use by another server: stop that one, or give another directory`;
    return new StoreUnavailable('in-use', message, { cause: error });
  }
  return new StoreUnavailable('failed', `the store in ${directory} cannot be opened: ${messageOf(error)}`, {
    cause: error,
  });
}
