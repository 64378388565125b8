import { join } from 'node:path';
import { quotePosix } from '../../core/quote-posix.ts';
import type { Connection } from './connection.ts';
import { CommitRefused, messageOf } from './failure.ts';
import { Witness, type WitnessState } from './witness.ts';

/** Whose a database is, how often it was led, and how many commits were ever made. */
export type LeaderRow = WitnessState;

/** What was there when the database was opened; the witness only if it is this database's. */
export interface Found {
  readonly leader: LeaderRow | undefined;
  readonly witness: WitnessState | undefined;
}

export interface Led extends LeaderRow {
  /** Absent where it cannot be written: `notes` says why. */
  readonly witness: Witness | undefined;
  readonly notes: readonly string[];
}

export function witnessFile(directory: string): string {
  return join(directory, 'store.witness');
}

export interface LeadRequest {
  readonly directory: string;
  /** Whose the database is from now on. */
  readonly installationId: string;
  readonly found: Found;
  /** @default false */
  readonly acceptLostCommits?: boolean;
}

/**
 * Begins the next epoch: also beyond what a witness has seen, whom runners may have heard of. Throws `CommitRefused` while
 * commits are lost and that is not accepted: nothing is written then, so that the whole database can be put back.
 */
export function takeLead(connection: Connection, request: LeadRequest): Led {
  const { installationId, directory, acceptLostCommits = false } = request;
  const { leader, witness } = request.found;
  const commits = leader?.commits ?? 0;
  if (witness && witness.commits > commits && !acceptLostCommits) {
    throw new CommitRefused('lost-commits', lostCommitsWords(witness.commits, commits, directory));
  }
  const row: LeaderRow = {
    installationId,
    epoch: Math.max(leader?.epoch ?? 0, witness?.epoch ?? 0) + 1,
    commits: Math.max(commits, witness?.commits ?? 0) + 1,
  };
  connection.transaction(() => writeLeader(connection, row));
  return { ...row, ...beginWitness(witnessFile(directory), row) };
}

export function readLeader(connection: Connection): LeaderRow | undefined {
  const row = connection.first<[string, number, number]>('SELECT installation_id, epoch, commits FROM leader');
  return row && { installationId: row[0], epoch: row[1], commits: row[2] };
}

function writeLeader(connection: Connection, { installationId, epoch, commits }: LeaderRow): void {
  connection.run('INSERT OR REPLACE INTO leader (id, installation_id, epoch, commits) VALUES (1, ?, ?, ?)', [
    installationId,
    epoch,
    commits,
  ]);
}

/** A commit needs no witness: where none can be kept, that is said and all goes on. */
function beginWitness(path: string, state: WitnessState): Pick<Led, 'witness' | 'notes'> {
  try {
    return { witness: new Witness(path, state), notes: [] };
  } catch (error) {
    const words = `${path} cannot be written, so lost commits will not be noticed: ${messageOf(error)}`;
    return { witness: undefined, notes: [words] };
  }
}

/** Why nothing is changed, and what to do about it. */
function lostCommitsWords(witnessed: number, found: number, directory: string): string {
  return (
    `the database in ${directory} had ${witnessed} commits and now has ${found}: what happened since is lost, so nothing is ` +
    'changed and no job is placed. Put a whole backup in its place (batchyard restore), or go on with what is left: ' +
    `batchyard start --data ${quotePosix(directory)} --accept-lost-commits`
  );
}
