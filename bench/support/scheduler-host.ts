import { Backlog, type BacklogSize, type Turn } from './backlog.ts';

/** Runs in a process of its own, with a heap of its own: a scheduler whose turns are asked for. */
export interface SchedulerTurns {
  /** Jobs that end before each turn, and how many plans. */
  readonly ends: number;
  readonly limit: number;
  readonly turns: number;
}

/** Once it is filled. */
export interface FilledBacklog {
  /** Of the heap, for each job that waits, while nothing else changes. */
  readonly bytesOfOne: number;
  readonly running: number;
  readonly instances: number;
}

const size = JSON.parse(process.argv[2] ?? '{}') as BacklogSize;
const empty = new Backlog({ ...size, jobs: 0 });
const before = heap();
const backlog = new Backlog(size);
const bytesOfOne = (heap() - before) / size.jobs;
if (!process.send || empty.waiting > 0) throw new Error('this is started by bench/scheduler.ts');
process.send({ bytesOfOne, running: backlog.running, instances: backlog.instances } satisfies FilledBacklog);
process.on('message', ({ ends, limit, turns }: SchedulerTurns) => {
  const made: Turn[] = Array.from({ length: turns }, () => backlog.turn(ends, limit));
  process.send?.(made);
});
process.on('disconnect', () => process.exit());

function heap(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
