import type { Milliseconds } from '../../../core/ids.ts';

/** The calls to an engine that answer. */
export type EngineCall = 'describe' | 'start' | 'stop' | 'release' | 'recover' | 'originOf' | 'usage';

/**
 * How long an engine may take to answer; then it counts as unavailable. Longer than what the engines themselves wait for:
 * a start may bring up a runner, a release removes files.
 */
export const engineDeadlines: Readonly<Record<EngineCall, Milliseconds>> = {
  describe: 5_000,
  start: 60_000,
  stop: 30_000,
  release: 120_000,
  recover: 15_000,
  originOf: 15_000,
  usage: 2_000,
};

/**
 * Calls of which an engine has no more than so many to answer at once: the others wait, and their deadline begins with the
 * call. What comes later costs an engine no more than what it can take, and memory no more than the wish to ask.
 */
export const callsAtOnce = { start: 64, stop: 64, release: 32, originOf: 16 } as const satisfies Partial<
  Record<EngineCall, number>
>;

/** Unexpected errors of an engine at the start of one and the same task, before that task is given up. */
export const startErrorsPerTask = 3;
