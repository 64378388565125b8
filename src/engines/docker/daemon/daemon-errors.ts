import { EngineUnavailable } from '../../contract.ts';

/** The daemon does not answer: it is not there, its socket is closed to us, or it is stuck. */
export class DaemonGone extends EngineUnavailable {
  override readonly name = 'EngineUnavailable';
}

/** It was asked for one thing, and did not answer in time. Whether it is stuck as a whole is for a ping to say. */
export class DaemonLate extends DaemonGone {}

/** What the daemon refused, in its own words. */
export class DaemonRefusal extends Error {
  override readonly name = 'DaemonRefusal';
  /** HTTP's status: 404 for what it does not know, 409 for a name that is taken or a container that does not run. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether the daemon answered with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is DaemonRefusal {
  return error instanceof DaemonRefusal && statuses.includes(error.status);
}
