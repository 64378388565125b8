import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setAside } from '../../core/set-aside.ts';
import { EngineUnavailable } from '../contract.ts';
import { processLimits } from './limits.ts';

/** Where the process engine keeps its files. README.md lists them. */
export interface ProcessLayout {
  readonly dataDirectory: string;
  /** One directory for each task known: its claim, its records, its end. */
  readonly tasks: string;
  /** One directory for each version of the runner. */
  readonly runners: string;
  /** Home and temporary directories of tasks, if the job's user can reach the data directory. */
  readonly scratch: string;
  /** The highest epoch that has opened the engine. */
  readonly epochFile: string;
}

/** The files of one version's runner. */
export interface RunnerLayout {
  readonly directory: string;
  readonly socket: string;
  readonly lock: string;
  readonly log: string;
  readonly fifos: string;
  readonly codeCache: string;
}

/** Lays out `<dataDirectory>/process`; touches nothing. */
export function processLayout(dataDirectory: string): ProcessLayout {
  const base = join(dataDirectory, 'process');
  return {
    dataDirectory,
    tasks: join(base, 'tasks'),
    runners: join(base, 'runners'),
    scratch: join(base, 'scratch'),
    epochFile: join(base, 'epoch.json'),
  };
}

/**
 * The files of the runner of `version`. Its socket lies beside them, or, when that path is too long for a unix socket,
 * in a private directory of `runtimeDirectory` under a name made from the path.
 */
export function runnerLayout(layout: ProcessLayout, version: string, runtimeDirectory: string): RunnerLayout {
  const directory = join(layout.runners, version);
  const near = join(directory, 'socket');
  return {
    directory,
    socket: Buffer.byteLength(near) <= processLimits.socketPathBytes ? near : farSocket(near, runtimeDirectory),
    lock: join(directory, 'lock'),
    log: join(directory, 'log'),
    fifos: join(directory, 'fifos'),
    codeCache: join(directory, 'code-cache'),
  };
}

/** A short name for what belongs to `path`, for places outside the data directory. */
export function shortName(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

function farSocket(near: string, runtimeDirectory: string): string {
  return join(runtimeDirectory, `batchyard-${process.getuid?.() ?? 0}`, `${shortName(near)}.sock`);
}

/** Sets aside what lies where a directory of ours must be and is none. */
export function makeWay(path: string, warn: (words: string) => void): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isDirectory()) return;
  warn(`${path} should be a directory and is none; what was there is now ${setAside(path)}`);
}

/** Makes a directory that only this user can enter, or refuses one that somebody else made. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const mine = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (!mine) throw new EngineUnavailable(`${path} belongs to someone else, or others may write to it`);
}
