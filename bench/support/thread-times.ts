import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of the threads of a server, in microseconds. */
export interface ThreadTimes {
  /** JavaScript, with its own pauses for garbage. */
  readonly main: number;
  /** V8's own, which collect garbage and compile, and those of libuv. */
  readonly v8: number;
  /** The worker thread with SQLite. */
  readonly store: number;
  /** The thread that keeps records of calls. */
  readonly audit: number;
}

/** What the threads that live now have used so far, to the microsecond. Node.js 26 names its threads; Linux only. */
export function threadTimesOf(pid: number): ThreadTimes {
  const times = { main: 0, v8: 0, store: 0, audit: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) times[kindOf(pid, thread)] += timeOf(pid, thread);
  return times;
}

function kindOf(pid: number, thread: string): keyof ThreadTimes {
  if (thread === String(pid)) return 'main';
  const name = read(pid, thread, 'comm').trim();
  if (name === 'audit') return 'audit';
  return name === 'WorkerThread' ? 'store' : 'v8';
}

function timeOf(pid: number, thread: string): number {
  return Number(read(pid, thread, 'schedstat').split(' ')[0] ?? 0) / 1_000;
}

/** Empty for a thread that has just ended. */
function read(pid: number, thread: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return '';
    throw error;
  }
}

export function threadTimesBetween(before: ThreadTimes, after: ThreadTimes): ThreadTimes {
  return {
    main: after.main - before.main,
    v8: after.v8 - before.v8,
    store: after.store - before.store,
    audit: after.audit - before.audit,
  };
}

export function sumOf({ main, v8, store, audit }: ThreadTimes): number {
  return main + v8 + store + audit;
}
