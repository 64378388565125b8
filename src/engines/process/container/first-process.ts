import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { childrenOf, exitStatusOf, isAlive, type ProcessIdentity, sendSignal, startTimeOf } from '../host/proc.ts';
import { processLimits } from '../limits.ts';

/** What a watch asks of a container, and tells it. */
export interface WatchedSandbox {
  /** The first process of the pid namespace; undefined while there is none. */
  readonly init: () => number | undefined;
  /** The job's own first process; undefined while it is being set up. */
  readonly first: () => number | undefined;
  /** The sandbox outlives the job's first process, with whose exit code (absent if nobody knows it): it must be ended. */
  readonly onHeld: (exitCode: number | undefined) => void;
}

/**
 * Sees to it that a sandbox ends with the job's first process. A job may trace the first process of its pid namespace, which
 * is of the same user, and leave it stopped: nobody would wait for the job any more. It is sent on, and if that does not
 * help, because somebody still traces it or it does what the job wants, the sandbox is ended.
 */
export class FirstProcessWatch {
  readonly #sandbox: WatchedSandbox;
  readonly #clock: Clock;
  #first: ProcessIdentity | undefined;
  #looksSinceEnd = 0;
  #cancel: CancelTimer;

  constructor(sandbox: WatchedSandbox, clock: Clock) {
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#cancel = this.#lookLater();
  }

  stop(): void {
    this.#cancel();
  }

  #lookLater(): CancelTimer {
    return this.#clock.after(processLimits.firstProcessLookMs, () => this.#look());
  }

  #look(): void {
    this.#first ??= this.#find();
    if (this.#first && isAlive(this.#first)) this.#looksSinceEnd = 0;
    else if (!this.#sendOn(this.#first)) return;
    this.#cancel = this.#lookLater();
  }

  #find(): ProcessIdentity | undefined {
    const pid = this.#sandbox.first();
    // What has ended already is watched as well: a zombie has no start, and nobody takes its pid while it is there.
    return pid === undefined ? undefined : { pid, startTime: startTimeOf(pid) ?? 0 };
  }

  /** False once the sandbox is given up. One whose first process was never seen may be in the making: nothing is known of it. */
  #sendOn(first: ProcessIdentity | undefined): boolean {
    const init = this.#sandbox.init();
    if (init !== undefined) sendSignal(init, 'SIGCONT');
    if (!first) return true;
    this.#looksSinceEnd += 1;
    if (this.#looksSinceEnd <= processLimits.looksAtHeldSandbox) return true;
    const isStillThere = init !== undefined && childrenOf(init).includes(first.pid);
    this.#sandbox.onHeld(isStillThere ? exitStatusOf(first.pid) : undefined);
    return false;
  }
}
