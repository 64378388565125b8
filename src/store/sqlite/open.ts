import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LostCommits } from '../contract.ts';
import { StoreUnavailable } from '../open-error.ts';
import { Connection } from './connection.ts';
import { damageOf, isBusy, isDiskFull, messageOf } from './failure.ts';
import { migrations } from './migrations/index.ts';
import { type FoundWitness, readWitness, Witness, type WitnessState } from './witness.ts';

/** What the worker is started with. */
export interface OpenRequest {
  readonly directory: string;
  /** Used when the database is new, or when it is a copy. */
  readonly newInstallationId: string;
  /** @default 'own' */
  readonly origin?: DatabaseOrigin;
  /** The operator knows that commits are lost, and wants to go on with what is left. */
  readonly acceptLostCommits?: boolean;
  readonly maximumBytes?: number;
}

/**
 * Whose a database is. `copied`: another installation's, so that it becomes an installation of its own. `unproven`: nothing
 * beside it says; it is its own only if it is new.
 */
export type DatabaseOrigin = 'own' | 'copied' | 'unproven';

/** What the leader row says once this server leads. */
export interface Leadership {
  readonly installationId: string;
  readonly epoch: number;
  readonly commits: number;
  /** The database was taken for a copy, and is an installation of its own from now on. */
  readonly copied: boolean;
  readonly lostCommits?: LostCommits;
}

export interface OpenDatabase extends Leadership {
  readonly connection: Connection;
  /** Absent where it cannot be written: `notes` says why. */
  readonly witness: Witness | undefined;
  /** What is not as it should be and did not keep the database from opening, in words for the log. */
  readonly notes: readonly string[];
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
    // Asks for the lock: until then the witness is another server's.
    connection.first('SELECT 1 FROM sqlite_schema');
    const path = join(request.directory, 'store.witness');
    const found = readWitness(path);
    const leadership = connection.transaction(() => prepare(connection, request, found));
    return { connection, ...leadership, ...beginWitness(path, leadership, found) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A commit needs no witness: where none can be kept, that is said and all goes on. */
function beginWitness(
  path: string,
  leadership: WitnessState,
  found: FoundWitness,
): Pick<OpenDatabase, 'witness' | 'notes'> {
  const notes =
    found.kind === 'damaged'
      ? [`${path} was damaged and is now ${found.setAside}: whether commits were lost before this start is not known`]
      : [];
  try {
    return { witness: new Witness(path, leadership), notes };
  } catch (error) {
    return {
      witness: undefined,
      notes: [...notes, `${path} cannot be written, so lost commits will not be noticed: ${messageOf(error)}`],
    };
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

interface LeaderRow {
  readonly installationId: string;
  readonly epoch: number;
  readonly commits: number;
  readonly lostCommits: LostCommits | undefined;
}

/** Migrates, and begins the next epoch: also beyond what a witness has seen, whom runners may have heard of. */
function prepare(connection: Connection, request: OpenRequest, found: FoundWitness): Leadership {
  migrate(connection, request.directory);
  const before = readLeader(connection);
  const witness = found.kind === 'read' && isOf(found.state, before) ? found.state : undefined;
  const commits = before?.commits ?? 0;
  const lost =
    witness && witness.commits > commits ? { witnessed: witness.commits, found: commits } : before?.lostCommits;
  const known = before ?? witness;
  const { origin = 'own' } = request;
  const copied = origin === 'copied' || (origin === 'unproven' && known !== undefined);
  const leader: LeaderRow = {
    installationId: copied ? request.newInstallationId : (known?.installationId ?? request.newInstallationId),
    epoch: Math.max(before?.epoch ?? 0, witness?.epoch ?? 0) + 1,
    commits: Math.max(commits, witness?.commits ?? 0) + 1,
    lostCommits: request.acceptLostCommits ? undefined : lost,
  };
  writeLeader(connection, leader);
  const { lostCommits, ...rest } = leader;
  return { ...rest, copied, ...(lostCommits && { lostCommits }) };
}

/** A witness of another installation lies there by mistake, and says nothing of this database. */
function isOf(witness: WitnessState, leader: LeaderRow | undefined): boolean {
  return leader === undefined || leader.installationId === witness.installationId;
}

function readLeader(connection: Connection): LeaderRow | undefined {
  const row = connection.first<[string, number, number, number | null, number | null]>(
    'SELECT installation_id, epoch, commits, lost_witnessed, lost_found FROM leader',
  );
  if (!row) return undefined;
  const [installationId, epoch, commits, witnessed, lostFound] = row;
  const lostCommits = witnessed === null || lostFound === null ? undefined : { witnessed, found: lostFound };
  return { installationId, epoch, commits, lostCommits };
}

function writeLeader(connection: Connection, { installationId, epoch, commits, lostCommits }: LeaderRow): void {
  connection.run(
    'INSERT OR REPLACE INTO leader (id, installation_id, epoch, commits, lost_witnessed, lost_found) VALUES (1, ?, ?, ?, ?, ?)',
    [installationId, epoch, commits, lostCommits?.witnessed ?? null, lostCommits?.found ?? null],
  );
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
  if (isDiskFull(error, directory)) {
    const message =
      `no space is left on the disk of ${directory}, and a server writes at its start that it has begun: make room and start ` +
      'again. Nothing is lost, and jobs that run go on';
    return new StoreUnavailable('failed', message, { cause: error });
  }
  const damage = damageOf(error, directory);
  if (damage !== undefined) return new StoreUnavailable('damaged', damage, { cause: error });
  return new StoreUnavailable('failed', `the store in ${directory} cannot be opened: ${messageOf(error)}`, {
    cause: error,
  });
}
