import type { AttemptDetail, JobDetail } from '@aws-sdk/client-batch';

/** How an attempt, or a job that never started, failed. */
export interface Failure {
  readonly exitCode?: number | undefined;
  readonly statusReason?: string | undefined;
  /** What the engine says of the container. */
  readonly reason?: string | undefined;
  /** Which container it was that failed, of several. */
  readonly container?: string | undefined;
}

/** One container's end. */
interface Outcome {
  readonly name?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
}

/** How a job that has FAILED did: its own reason, and what became of its last attempt. */
export function failureOf(job: JobDetail): Failure {
  const last = job.attempts?.at(-1);
  return { ...(last && failureOfAttempt(last, job)), statusReason: job.statusReason };
}

/** How an attempt of `job` failed; of the one by which it SUCCEEDED, how that ended. */
export function failureOfAttempt(attempt: AttemptDetail, job: JobDetail): Failure {
  const { container, statusReason, taskProperties } = attempt;
  const containers = taskProperties?.[0]?.containers;
  if (!containers || containers.length === 0) {
    return { exitCode: container?.exitCode, reason: container?.reason, statusReason };
  }
  if (job.status === 'SUCCEEDED' && attempt === job.attempts?.at(-1)) {
    // Every essential container has ended with 0: what became of others says nothing of the job.
    return { exitCode: 0, reason: containers.find(({ reason }) => reason !== undefined)?.reason, statusReason };
  }
  const { name, exitCode, reason } = culpritOf(containers, job) ?? {};
  return { exitCode, reason, statusReason, ...(containers.length > 1 && { container: name }) };
}

/** Exit codes of what was stopped because another container had ended: SIGKILL's and SIGTERM's. */
const stopped: ReadonlySet<number> = new Set([137, 143]);

/** The container that ended its task: an essential one, and none that was only stopped with it if there is another. */
function culpritOf(containers: readonly Outcome[], { ecsProperties }: JobDetail): Outcome | undefined {
  const defined = ecsProperties?.taskProperties?.[0]?.containers ?? [];
  const isEssential = ({ name }: Outcome) => defined.find((each) => each.name === name)?.essential !== false;
  const failed = containers.filter(({ exitCode }) => exitCode !== 0);
  const suspects = failed.some(isEssential) ? failed.filter(isEssential) : failed;
  return suspects.find(({ exitCode }) => exitCode !== undefined && !stopped.has(exitCode)) ?? suspects[0];
}

/** Such as `exit code 3, Essential container in task exited`. */
export function failureWords({ exitCode, statusReason, reason, container }: Failure): string {
  const parts = [container, exitCode === undefined ? undefined : `exit code ${exitCode}`, statusReason, reason];
  return parts.filter(Boolean).join(', ');
}
