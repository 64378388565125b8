import type { EpochMilliseconds, Milliseconds, TaskId } from '../../core/ids.ts';
import type { RoleSession } from '../../core/principal.ts';
import type { SessionCredentials, Sessions } from './sessions.ts';
import type { CredentialLookup, CredentialSource } from './source.ts';

/** Says which tasks jobs hold. */
export interface TaskWatch {
  /** Whether a job holds the task: from its placement to its end. */
  isHeld(taskId: TaskId): boolean;
}

/** The task of which a session of a job role is: its session name. Undefined for every other principal. */
export function taskOfSession({ use, sessionName }: Pick<RoleSession, 'use' | 'sessionName'>): TaskId | undefined {
  return use.kind === 'job' ? (sessionName as TaskId) : undefined;
}

/** What has been found, unless it is a session of a job whose task is over: that has expired, whatever its token says. */
export function endedWithTask(found: CredentialLookup, tasks: TaskWatch): CredentialLookup {
  if (found.kind !== 'found' || found.principal.kind !== 'role-session') return found;
  const taskId = taskOfSession(found.principal);
  return taskId === undefined || tasks.isHeld(taskId) ? found : { kind: 'expired' };
}

/** How long the credentials of a job hold. */
export interface JobSessionTimes {
  /** From their issue to their expiration. */
  readonly life: Milliseconds;
  /** The same ones are answered until less than this is left of them. */
  readonly renewal: Milliseconds;
}

/**
 * As on ECS. SDKs ask again when less than 5 (JavaScript, Go) or 15 minutes (boto3, Java) are left: what is answered must
 * hold for longer, or some would ask at each use.
 */
export const jobSessionTimes: JobSessionTimes = { life: 6 * 3_600_000, renewal: 20 * 60_000 };

/** The credentials that jobs get, and who has which of them. Nothing is kept: each set follows from its task and its time. */
export class JobSessions implements CredentialSource {
  readonly #sessions: Sessions;
  readonly #tasks: TaskWatch;
  readonly #times: JobSessionTimes;

  constructor(sessions: Sessions, tasks: TaskWatch, times: JobSessionTimes = jobSessionTimes) {
    this.#sessions = sessions;
    this.#tasks = tasks;
    this.#times = times;
  }

  /** The credentials of a task's role that hold now, after a restart too. `since` is when the task was placed. */
  current(role: RoleSession, since: EpochMilliseconds, now: EpochMilliseconds): SessionCredentials {
    const { life, renewal } = this.#times;
    const period = life - renewal;
    const count = Math.max(0, Math.floor((now - since) / period));
    // SDKs of some languages read no fractions of seconds.
    const expiration = Math.floor((since + count * period + life) / 1000) * 1000;
    return this.#sessions.issueNamed(`${role.sessionName} ${count}`, role, expiration);
  }

  /** Sessions of jobs, and nobody else. */
  lookup(accessKeyId: string, sessionToken: string | undefined, now: EpochMilliseconds): CredentialLookup {
    if (sessionToken === undefined) return { kind: 'unknown' };
    const found = this.#sessions.lookup(accessKeyId, sessionToken, now);
    if (found.kind !== 'found') return found;
    const isOfJob = found.principal.kind === 'role-session' && found.principal.use.kind === 'job';
    return isOfJob ? endedWithTask(found, this.#tasks) : { kind: 'unknown' };
  }
}
