import { proportionalMemory } from './cpu.ts';
import { timeFixedWork } from './fixed-work.ts';
import { median } from './statistics.ts';
import { type ThreadTimes, threadTimesBetween, threadTimesOf } from './thread-times.ts';
import { type Replay, replay } from './wrk.ts';

/** A server that takes its turns. */
export interface Runner {
  readonly url: string;
  readonly pid: number;
  /** Requests, signed for it. */
  readonly file: string;
}

/** One turn of one server. */
export interface Turn extends Replay {
  /** Microseconds of CPU for one request, by thread. */
  readonly cpu: ThreadTimes;
  /** How long a fixed piece of work took just before and just after, in ms: the longer of both. */
  readonly fixedWork: number;
}

/** Turns of which one is as good as another. */
export interface Turns {
  readonly counted: readonly Turn[];
  /** How many did not count, as the machine was slower than at its best. */
  readonly dropped: number;
  /** At the end, in MB. */
  readonly memory: number;
}

export interface TurnOptions {
  readonly connections: number;
  readonly seconds: number;
  /** So many turns of each server. */
  readonly rounds: number;
}

/** A turn counts unless the fixed piece of work took so many times what it takes at best. */
const tooSlow = 1.3;

/** Drives servers in turns, so that all meet the same machine. In the order of `runners`. */
export async function takeTurns(runners: readonly Runner[], options: TurnOptions): Promise<readonly Turns[]> {
  const all: Turn[][] = runners.map(() => []);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, runner] of runners.entries()) all[index]?.push(await takeTurn(runner, options));
  }
  const best = Math.min(...all.flat().map(({ fixedWork }) => fixedWork));
  return all.map((turns, index) => {
    const counted = turns.filter(({ fixedWork }) => fixedWork < best * tooSlow);
    return { counted, dropped: turns.length - counted.length, memory: memoryOf(runners[index]) };
  });
}

async function takeTurn({ url, pid, file }: Runner, options: TurnOptions): Promise<Turn> {
  const workBefore = timeFixedWork();
  const before = threadTimesOf(pid);
  const replayed = await replay(url, file, options);
  const used = threadTimesBetween(before, threadTimesOf(pid));
  const each = (time: number) => time / replayed.requests;
  const cpu = { main: each(used.main), v8: each(used.v8), store: each(used.store), audit: each(used.audit) };
  return { ...replayed, cpu, fixedWork: Math.max(workBefore, timeFixedWork()) };
}

function memoryOf(runner: Runner | undefined): number {
  if (!runner) throw new Error('there is no such runner');
  return proportionalMemory(runner.pid);
}

/** The middle of what the turns that count say. Throws if none counts. */
export function middle({ counted }: Turns, of: (turn: Turn) => number): number {
  return median(counted.map(of));
}
