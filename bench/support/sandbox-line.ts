import { chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { callFilter } from '../../src/engines/process/plan/call-filter.ts';
import { descendantsOf } from '../../test/support/processes.ts';
import { define, submit } from './batch.ts';
import { BenchServer } from './bench-server.ts';
import { until } from './pause.ts';

/** What the server does around a job, as a shell line that starts one more like it. */
export interface SandboxLine {
  readonly server: BenchServer;
  /** For `sh -c`; its first argument tells one job from the next. */
  readonly script: string;
}

/** Files of the groups that carry limits, in the order in which they must be written. */
const limitFiles = [
  'memory.limit_in_bytes',
  'memory.memsw.limit_in_bytes',
  'memory.max',
  'memory.swap.max',
  'cpu.shares',
  'cpu.weight',
  'pids.max',
];

/**
 * Reads from a job that runs how it was isolated and limited: bubblewrap's own command line and the control groups with
 * their limits. The directories that it mounts stay until the server is closed.
 */
export async function readSandboxLine(): Promise<SandboxLine> {
  const server = await BenchServer.start();
  await define(server, 'long', ['sleep', '600']);
  await submit(server, 'long');
  const tasks = join(server.dataDirectory, 'process/tasks');
  const record = await until('the job', 20, () => readRecord(tasks));
  const [container] = record.containers;
  if (!container) throw new Error('a task without a container');
  const words = await until('the sandbox', 20, () => readWords(container.launcher.pid));
  // The job and the first process of its namespace: the sandbox is whole.
  await until('the command', 20, () => descendantsOf(container.launcher.pid).length > 1 || undefined);
  takeOver(container.scratch);
  const places = Object.values(record.cgroups).map(({ directory }) => directory);
  const filter = join(server.dataDirectory, 'call-filter');
  writeFileSync(filter, callFilter());
  return { server, script: shellLine(words, [...new Set(places)], container.cgroup, filter) };
}

interface RunnerRecord {
  readonly cgroups: Readonly<Record<string, { readonly directory: string }>>;
  readonly containers: readonly {
    readonly launcher: { readonly pid: number };
    readonly cgroup: string;
    readonly scratch: string;
  }[];
}

function readRecord(tasks: string): RunnerRecord | undefined {
  const [task] = readdirSync(tasks);
  try {
    return task === undefined ? undefined : JSON.parse(readFileSync(join(tasks, task, 'go'), 'utf8'));
  } catch {
    return undefined; // not started yet
  }
}

/** The shell has the bench's own user: changing it would cost a process that the server does not need. */
function takeOver(scratch: string): void {
  for (const name of ['home', 'tmp']) chownSync(join(scratch, name), process.getuid?.() ?? 0, process.getgid?.() ?? 0);
}

/** The command line of bubblewrap, with `true` in the place of the command; undefined while the launcher still waits. */
function readWords(pid: number): readonly string[] | undefined {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  if (basename(words[0] ?? '') !== 'bwrap') return undefined;
  return [...words.slice(0, words.indexOf('sleep')), 'true'];
}

/** A group may be busy for an instant after its last process: the few that stay go with the server. */
function shellLine(words: readonly string[], places: readonly string[], example: string, filter: string): string {
  const groups = places.map((place) => `${place}/bench-$1`).join(' ');
  const limits = places.flatMap((place) =>
    limitFiles.flatMap((file) => {
      const value = readLimit(join(place, example, file));
      return value === undefined ? [] : [`echo ${value} >${place}/bench-$1/${file}`];
    }),
  );
  // As the server's launchers do: by cgroup.procs a move waits for every processor.
  const joins = places.map((place) => `echo 0 >${place}/bench-$1/${joinFile(place)}`);
  // A shell's redirections have one digit.
  const own = words.map((word, at) => (words[at - 1] === '--seccomp' ? '5' : word));
  const sandbox = `exec ${own.map((word) => `'${word}'`).join(' ')} 3</dev/null 4>/dev/null 5<'${filter}'`;
  return [`mkdir ${groups}`, ...limits, `(${joins.join('; ')}; ${sandbox})`, `rmdir ${groups} 2>/dev/null || :`].join(
    '; ',
  );
}

function joinFile(place: string): string {
  return existsSync(join(place, 'tasks')) ? 'tasks' : 'cgroup.procs';
}

function readLimit(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
