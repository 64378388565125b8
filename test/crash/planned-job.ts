import type { SeededRandom } from '../support/seeded-random.ts';

/** What a job of the crash tests does, decided before it is submitted; its outcome follows from this alone. */
export interface PlannedJob {
  /** Unique: finds the job again when the answer to its submission was lost. */
  readonly name: string;
  readonly behaviour: Behaviour;
  /** Printed by each attempt that ends by itself: `line 1 of n` to `line n of n`, half of them before it waits. */
  readonly lines: number;
  /** Of each attempt, first to last; the last one counts for all further attempts. */
  readonly exitCodes: readonly number[];
  readonly attempts: number;
  /** Jobs that must succeed first. */
  readonly dependsOn: readonly PlannedJob[];
  /** Sent with the reason `stopReason` once the submission is acknowledged, and again until that is acknowledged too. */
  readonly stop?: 'terminate' | 'cancel';
  readonly timeoutSeconds?: number;
}

/**
 * What an attempt does between its lines: `run`: nothing; `pause`: sleeps a little; `hold`: waits for the end of the
 * test; `hang`: waits for ever.
 */
export type Behaviour = 'run' | 'pause' | 'hold' | 'hang';

/** This exit code ends a job, whatever attempts remain: the definition's `evaluateOnExit` says so. */
export const finalExitCode = 42;

export const stopReason = 'to be stopped';

const base = { lines: 6, exitCodes: [0], attempts: 1, dependsOn: [] } as const;

/** A job that runs from its start to the end of the test, through every crash. */
export function holder(name: string, attempts = 1): PlannedJob {
  return { ...base, name, behaviour: 'hold', attempts };
}

/** A job that runs until it is stopped. */
export function hanging(name: string, attempts: number): PlannedJob {
  return { ...base, name, behaviour: 'hang', attempts, stop: 'terminate' };
}

/** A job that runs into its timeout: a minute is the shortest that AWS allows. */
export function timingOut(name: string): PlannedJob {
  return { ...base, name, behaviour: 'hang', attempts: 3, timeoutSeconds: 60 };
}

/** Some job. It may depend on some of `earlier`; one that is to be cancelled waits for `held`, and so cannot start before. */
export function randomJob(
  name: string,
  random: SeededRandom,
  earlier: readonly PlannedJob[],
  held: PlannedJob,
): PlannedJob {
  const behaviour = random.pick(['run', 'run', 'pause'] as const);
  const job = { ...base, name, behaviour, lines: 2 + random.below(40) };
  switch (random.below(8)) {
    case 0:
      return { ...job, attempts: 3, exitCodes: [1, 2, 0] };
    case 1:
      return { ...job, attempts: 2, exitCodes: [1, 9] };
    case 2:
      return { ...job, attempts: 5, exitCodes: [1, finalExitCode] };
    case 3:
      return { ...job, attempts: 3, behaviour: 'hang', stop: 'terminate' };
    case 4:
      return { ...job, dependsOn: [held], stop: 'cancel' };
    case 5:
    case 6:
      return { ...job, dependsOn: someOf(earlier, random) };
    default:
      return job;
  }
}

function someOf(jobs: readonly PlannedJob[], random: SeededRandom): readonly PlannedJob[] {
  const recent = jobs.slice(-20);
  const chosen = Array.from({ length: Math.min(recent.length, 1 + random.below(2)) }, () =>
    random.below(recent.length),
  );
  return [...new Set(chosen)].flatMap((index) => recent[index] ?? []);
}

/** The environment that makes `script` behave as planned. */
export function environmentOf(job: PlannedJob) {
  const variables = { BEHAVIOUR: job.behaviour, LINES: String(job.lines), CODES: job.exitCodes.join(' ') };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/**
 * What every job runs: leaves its mark, prints half of its lines, does what it is to do, prints the rest, and exits with
 * the code of its attempt. Nothing but `pause` and `hang` starts a process.
 */
export function scriptIn(shared: string): string {
  return [
    // The first process of a container is ended by no signal that it does not await.
    '[ $$ = 1 ] && trap "exit 143" TERM',
    'read mark </proc/sys/kernel/random/uuid',
    `echo "$AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $mark" >>${shared}/marks`,
    'i=1; print() { while [ $i -le $1 ]; do echo "line $i of $LINES"; i=$((i + 1)); done; }',
    'print $((LINES / 2))',
    `case $BEHAVIOUR in pause) sleep 0.3;; hold) { read line <${shared}/gate; } 2>/dev/null;; hang) [ $$ = 1 ] || exec sleep 1000; sleep 1000 & wait;; esac`,
    'print $LINES',
    'set -- $CODES; while [ $# -gt 1 ] && [ $AWS_BATCH_JOB_ATTEMPT -gt 1 ]; do shift; AWS_BATCH_JOB_ATTEMPT=$((AWS_BATCH_JOB_ATTEMPT - 1)); done',
    'exit $1',
  ].join('\n');
}

/** How an attempt may end: the first is its own doing, the second that of whoever killed its runner. */
export type AttemptEnd = { readonly exitCode: number } | 'lost';

/** How a job must end, given which of its attempts were lost with their host. */
export interface ExpectedEnd {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly statusReason: RegExp;
  /** Of each attempt; undefined where any number from none on is right, since the job was stopped from outside. */
  readonly attempts: readonly AttemptEnd[] | undefined;
}

const stopped = new RegExp(`^${stopReason}$`);
const dependencyFailed = /^Dependent Job failed$/;
const dependencyFailedOrStopped = new RegExp(`${dependencyFailed.source}|${stopped.source}`);
const exited = /^Essential container in task exited$/;
const lostHost = /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/;

/** What a test saw, and what an outcome may depend on beside the plan. */
export interface Circumstances {
  readonly succeeded: (job: PlannedJob) => boolean;
  /** Whether the host of this attempt (1, 2, ...) was killed under it. */
  readonly isLost: (attempt: number) => boolean;
}

/** How an uninterrupted run of the job ends; the loss of an attempt's host counts as one failure of it. */
export function expectedEnd(job: PlannedJob, { succeeded, isLost }: Circumstances): ExpectedEnd {
  if (!job.dependsOn.every(succeeded)) {
    // One that was to be cancelled as well may have been told of either first.
    const statusReason = job.stop === 'cancel' ? dependencyFailedOrStopped : dependencyFailed;
    return { status: 'FAILED', statusReason, attempts: [] };
  }
  if (job.stop === 'cancel') return { status: 'FAILED', statusReason: stopped, attempts: [] };
  if (job.stop === 'terminate') return { status: 'FAILED', statusReason: stopped, attempts: undefined };
  if (job.timeoutSeconds !== undefined) {
    return { status: 'FAILED', statusReason: /^Job attempt duration exceeded timeout$/, attempts: undefined };
  }
  const attempts: AttemptEnd[] = [];
  for (let attempt = 1; attempt <= job.attempts; attempt += 1) {
    const exitCode = job.exitCodes[Math.min(attempt, job.exitCodes.length) - 1] ?? 0;
    attempts.push(isLost(attempt) ? 'lost' : { exitCode });
    if (isLost(attempt)) continue;
    if (exitCode === 0) return { status: 'SUCCEEDED', statusReason: exited, attempts };
    if (exitCode === finalExitCode) break;
  }
  return { status: 'FAILED', statusReason: attempts.at(-1) === 'lost' ? lostHost : exited, attempts };
}
