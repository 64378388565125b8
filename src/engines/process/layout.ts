import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { EngineUnavailable } from '../contract.ts';

/** Where the process engine keeps its files. README.md lists them. */
export interface ProcessLayout {
  /** All is below it. It is the working directory of every runner. */
  readonly base: string;
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

/** The directory of the process engine in a data directory. */
export function engineDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'process');
}

/** Lays out the engine's directory; touches nothing. A runner, which works there, gives `.`: a rename changes no path of its. */
export function processLayout(base: string): ProcessLayout {
  return {
    base,
    tasks: join(base, 'tasks'),
    runners: join(base, 'runners'),
    scratch: join(base, 'scratch'),
    epochFile: join(base, 'epoch.json'),
  };
}

/** The files of the runner of `version`. */
export function runnerLayout(layout: ProcessLayout, version: string): RunnerLayout {
  const directory = join(layout.runners, version);
  return {
    directory,
    socket: join(directory, 'socket'),
    lock: join(directory, 'lock'),
    log: join(directory, 'log'),
    fifos: join(directory, 'fifos'),
    codeCache: join(directory, 'code-cache'),
  };
}

/** `path` as a runner names it: what lies in the data directory by its way from there, which outlives a rename. */
export function asSeenByRunner(dataDirectory: string, path: string): string {
  const way = relative(engineDirectory(dataDirectory), path);
  const isOutside = isAbsolute(way) || way.startsWith(join('..', '..'));
  return isOutside ? path : way;
}

/** A short name for what belongs to `text`, for places outside the data directory. */
export function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Makes a directory that only this user can enter, or refuses one that somebody else made. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const mine = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (!mine) throw new EngineUnavailable(`${path} belongs to someone else, or others may write to it`);
}
