import type { CancelTimer, Clock } from '../core/clock.ts';
import type { EpochMilliseconds } from '../core/ids.ts';
import type { BlockedChange, Decision, InstanceDecision, Plan } from '../scheduler/index.ts';
import type { Jobs } from './jobs.ts';

/** Runs something in a later turn: of the event loop, or of a simulation. Turns follow each other as they were asked for. */
export type Soon = (turn: () => void) => void;

/** Decisions taken in one turn; the rest goes on in the next. */
const decisionsPerTurn = 100;

export interface PlanningOptions {
  readonly scheduler: { plan(now: EpochMilliseconds, limit: number): Plan };
  readonly jobs: Pick<Jobs, 'decided'>;
  readonly clock: Clock;
  /** What the scheduler is told of the time: it never goes back. */
  readonly now: () => EpochMilliseconds;
  readonly soon: Soon;
  /** Stores what was decided of instances, in the turn of the plan: jobs may be placed on them by the next one. Absent: no environment launches any. */
  readonly instances?: (decisions: readonly InstanceDecision[]) => void;
  /** Carries decisions out, of which jobs have been told. */
  readonly place: (decisions: readonly Decision[]) => void;
  /** Heads of queues that a plan found blocked, or no longer, once its decisions were taken; `isWhole` if it came to all queues. */
  readonly onBlocked: (changes: readonly BlockedChange[], isWhole: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** Asks the scheduler for plans: once something may have become placeable, while there is more, and when a plan asked for it. */
export class Planning {
  readonly #options: PlanningOptions;
  #scheduled = false;
  #running = false;
  #cancelWake: CancelTimer | undefined;

  constructor(options: PlanningOptions) {
    this.#options = options;
  }

  /** Lets it plan; before the first call, and after `pause`, `poke` does nothing. */
  resume(): void {
    this.#running = true;
    this.poke();
  }

  pause(): void {
    this.#running = false;
    this.#cancelWake?.();
  }

  /** Something may have become placeable: plan in the next turn. Many pokes in a turn make one plan. */
  poke(): void {
    if (!this.#running || this.#scheduled) return;
    this.#scheduled = true;
    this.#options.soon(() => {
      this.#scheduled = false;
      if (this.#running) this.#plan();
    });
  }

  #plan(): void {
    const { scheduler, clock, jobs, onBlocked, place, onError } = this.#options;
    try {
      const now = this.#options.now();
      const { decisions, instances, more, wakeAt, blocked } = scheduler.plan(now, decisionsPerTurn);
      this.#cancelWake?.();
      if (more) this.poke();
      else if (wakeAt !== undefined) this.#cancelWake = clock.after(wakeAt - now, () => this.poke());
      if (instances.length > 0) this.#options.instances?.(instances);
      if (decisions.length > 0) {
        jobs.decided(decisions);
        place(decisions);
      }
      // Heads are blocked behind what was decided: of an array that started in part the child that is next.
      onBlocked(blocked, !more);
    } catch (error) {
      onError(error);
    }
  }
}
