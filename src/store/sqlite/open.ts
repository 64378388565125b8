import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { otherThanFile } from '../../core/own-file.ts';
import { StoreUnavailable } from '../open-error.ts';
import { Connection } from './connection.ts';
import { damageOf, isBusy, isDiskFull, messageOf } from './failure.ts';
import { type Found, type LeaderRow, readLeader, witnessFile } from './lead.ts';
import { migrations } from './migrations/index.ts';
import { type FoundWitness, readWitness, type WitnessState } from './witness.ts';

/** What the worker is started with. */
export interface OpenRequest {
  readonly directory: string;
  /** Used when the database is new, or when it is a copy. */
  readonly newInstallationId: string;
  /** @default 'own' */
  readonly origin?: DatabaseOrigin;
  /** Where commits are lost, lead all the same: the operator wants to go on with what is left. */
  readonly acceptLostCommits?: boolean;
  readonly maximumBytes?: number;
}

/**
 * Whose a database is. `copied`: another installation's, so that it becomes an installation of its own. `unproven`: nothing
 * beside it says; it is its own only if it is new.
 */
export type DatabaseOrigin = 'own' | 'copied' | 'unproven';

/** A database that can be read. To be written it needs a lead. */
export interface OpenDatabase {
  readonly connection: Connection;
  /** Once it is led. */
  readonly installationId: string;
  /** The database was taken for a copy, and is an installation of its own once it is led. */
  readonly copied: boolean;
  readonly found: Found;
  /** What is not as it should be and did not keep the database from opening, in words for the log. */
  readonly notes: readonly string[];
}

/** `Byrd`: tells our file from any other SQLite database. */
const applicationId = 0x42797264;

/** Two servers that start at once get in each other's way for an instant, so that one try could fail both. */
const lockTimeout = 500;

/**
 * Opens the database of a directory, made if need be, takes its lock and migrates it. One that needs no migration is only read.
 * Throws `StoreUnavailable`, having let go of everything.
 */
export function openDatabase(request: OpenRequest): OpenDatabase {
  try {
    mkdirSync(request.directory, { recursive: true, mode: 0o700 });
    const path = join(request.directory, 'store.sqlite');
    for (const suffix of ['', '-wal', '-shm', '-journal']) refuseOtherThanFile(`${path}${suffix}`);
    if (!existsSync(path)) makePrivate(path);
    const opened = read(new Connection(path, lockTimeout), request);
    for (const file of [path, `${path}-wal`]) if (existsSync(file)) chmodSync(file, 0o600);
    return opened;
  } catch (error) {
    throw unavailable(error, request.directory);
  }
}

/**
 * SQLite makes a write-ahead log as readable as its database is then: all that is committed stands there first. The data
 * directory may be one that others can look into.
 */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

/** SQLite would wait for the writer of a pipe, or say no more than that it cannot open its file. */
function refuseOtherThanFile(path: string): void {
  const what = otherThanFile(path);
  if (what === undefined) return;
  throw new StoreUnavailable(
    'failed',
    `${path} is ${what}, where the store has a file of its own: put it elsewhere and start again. Nothing was changed`,
  );
}

function read(connection: Connection, request: OpenRequest): OpenDatabase {
  try {
    configure(connection, request.maximumBytes);
    // Asks for the lock: until then the witness is another server's.
    connection.first('SELECT 1 FROM sqlite_schema');
    migrate(connection, request.directory);
    const path = witnessFile(request.directory);
    const witness = readWitness(path);
    const notes =
      witness.kind === 'damaged'
        ? [
            `${path} was damaged and is now ${witness.setAside}: whether commits were lost before this start is not known`,
          ]
        : [];
    return { connection, ...whoseIs(readLeader(connection), witness, request), notes };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A copy's id is a new one, and so is that of a new database that has no witness. */
function whoseIs(
  leader: LeaderRow | undefined,
  witness: FoundWitness,
  { newInstallationId, origin = 'own' }: OpenRequest,
): Pick<OpenDatabase, 'installationId' | 'copied' | 'found'> {
  const found = { leader, witness: witness.kind === 'read' && isOf(witness.state, leader) ? witness.state : undefined };
  const known = leader ?? found.witness;
  const copied = origin === 'copied' || (origin === 'unproven' && known !== undefined);
  return { installationId: copied || !known ? newInstallationId : known.installationId, copied, found };
}

/** A witness of another installation lies there by mistake, and says nothing of this database. */
function isOf(witness: WitnessState, leader: LeaderRow | undefined): boolean {
  return leader === undefined || leader.installationId === witness.installationId;
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

/** In one transaction, so that an older schema or a newer one is found there, and nothing between. */
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
  if (version === migrations.length) return;
  connection.transaction(() => {
    for (const migration of migrations.slice(version)) connection.execute(migration);
    connection.execute(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
  });
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
  if (isDiskFull(error, directory)) {
    const message =
      `no space is left on the disk of ${directory}, and the tables of a new database, or of a new release, need some: make ` +
      'room and start again. Nothing is lost, and jobs that run go on';
    return new StoreUnavailable('failed', message, { cause: error });
  }
  const damage = damageOf(error, directory);
  if (damage !== undefined) return new StoreUnavailable('damaged', damage, { cause: error });
  return new StoreUnavailable('failed', `the store in ${directory} cannot be opened: ${messageOf(error)}`, {
    cause: error,
  });
}
