import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed } from '../../../core/errors.ts';
import type { JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import { pause } from '../../../core/pause.ts';
import { TurnUnits } from '../../../core/turn-units.ts';
import { heldTask, type Jobs, unitsOfJob, unitsPerTurn } from '../../../jobs/index.ts';
import { stopGraceMilliseconds } from '../../../lifecycle/index.ts';
import type { Ledger } from '../../../store/index.ts';
import type { TaskEngines } from './task-engines.ts';
import type { TaskRuns } from './task-runs.ts';

export interface StopRunningParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly runs: TaskRuns;
  readonly engines: TaskEngines;
  /** Terminates every job that has a task. Throws `CommitFailed` while changes are refused. */
  readonly terminate: () => Promise<void>;
  /** Resolves once no job holds a task, and that is durable. */
  readonly whenIdle: () => Promise<void>;
}

/** What became of the tasks that were to be stopped. */
export interface StopOutcome {
  /** Tasks that go on. */
  readonly left: number;
  /** Why, or what of the others is not on record, in words for the log. */
  readonly problem?: string;
}

/** All of it takes no longer: the longest `stopTimeout` of a container, and time for what follows. */
const longestStop: Milliseconds = 180_000;
/** A memory that is rebuilt takes changes again after that; what refuses them for longer will not. */
const patience: Milliseconds = 10_000;
const lookEvery: Milliseconds = 250;

/**
 * Ends every task that a job holds, and waits until that is done and on record. Where nothing can be recorded, tasks are stopped
 * by their engines all the same. Resolves within `longestStop`, and the deadlines of engines, whatever happens.
 */
export async function stopRunning(parts: StopRunningParts): Promise<StopOutcome> {
  const { clock, jobs } = parts;
  const until = clock.monotonic() + longestStop;
  const held = new Map<TaskId, Placement>();
  let idle: Promise<'idle'> | undefined;
  let isTold = false;
  let refusedSince: Milliseconds | undefined;
  while (clock.monotonic() < until) {
    for (const [taskId, holder] of jobs.tasks()) {
      const placement = heldTask(holder)?.placement;
      if (placement) held.set(taskId, placement);
    }
    const refusal = await refusalOf(parts, isTold);
    isTold = refusal === undefined;
    if (refusal === undefined) {
      refusedSince = undefined;
      idle ??= parts.whenIdle().then(() => 'idle');
      if ((await Promise.race([idle, pause(clock, lookEvery)])) === 'idle') return { left: 0 };
    } else {
      refusedSince ??= clock.monotonic();
      const isForLong = refusal.reason !== 'failed' || clock.monotonic() - refusedSince >= patience;
      if (isForLong) return stopUnrecorded(parts, held, refusal, until);
      await pause(clock, lookEvery);
    }
  }
  const left = jobs.tasks().size;
  return { left, problem: `${tasks(left)} did not end within ${longestStop / 1000} s of being told to` };
}

/** Does something with each job that has a task, in as many turns as the jobs demand. */
export async function eachWithTask(jobs: Jobs, work: (jobId: JobId) => void): Promise<void> {
  const turn = new TurnUnits(unitsPerTurn);
  for (const job of new Set([...jobs.tasks().values()].map((holder) => holder.job))) {
    work(job.jobId);
    if (turn.spend(unitsOfJob(job.kind === 'array' ? job.children.size : 1))) await nextTurn();
  }
}

/** Terminates what is not yet told. Answers what keeps this server from changing anything. */
async function refusalOf({ ledger, terminate }: StopRunningParts, isTold: boolean): Promise<CommitFailed | undefined> {
  try {
    ledger.demandChanges();
    if (!isTold) await terminate();
    return undefined;
  } catch (error) {
    if (error instanceof CommitFailed) return error;
    throw error;
  }
}

async function stopUnrecorded(
  parts: StopRunningParts,
  held: ReadonlyMap<TaskId, Placement>,
  refusal: CommitFailed,
  until: Milliseconds,
): Promise<StopOutcome> {
  const { clock, runs } = parts;
  if (held.size === 0) return { left: 0 };
  for (const placement of held.values()) runs.stopTask(placement, stopGraceMilliseconds);
  for (;;) {
    const { going, unknown } = await whatGoesOn(parts, held);
    const left = going + unknown;
    if (left === 0) {
      const words = `${tasks(held.size)} ended and that is not on record (${refusal.message}): the next server hears of it`;
      return { left, problem: words };
    }
    if (going === 0 || clock.monotonic() >= until) {
      const why = going === 0 ? 'no engine answers for them' : 'they did not end when they were told to';
      return { left, problem: `${tasks(left)} may go on: ${why}, and nothing can be recorded (${refusal.message})` };
    }
    await pause(clock, lookEvery);
  }
}

/** How many of the tasks their engines still hold, and of how many nobody says. */
async function whatGoesOn({ runs, engines }: StopRunningParts, held: ReadonlyMap<TaskId, Placement>) {
  const byEngine = Map.groupBy(held.values(), (placement) => runs.engineOf(placement));
  let [going, unknown] = [0, 0];
  for (const [kind, placements] of byEngine) {
    const known = kind && (await engines.recover(kind));
    if (!known) {
      unknown += placements.length;
      continue;
    }
    const living = new Set(known.flatMap(({ taskId, state }) => (isLiving[state] ? taskId : [])));
    going += placements.filter(({ taskId }) => living.has(taskId)).length;
  }
  return { going, unknown };
}

const isLiving = { claimed: true, running: true, ended: false, tombstone: false } as const;

function tasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}
