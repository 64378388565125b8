import type { EpochMilliseconds, Milliseconds, TaskId } from '../core/ids.ts';
import type { Placement, TerminalStatus } from '../core/job.ts';
import {
  AttemptTimeouts,
  carryOut,
  instanceOf,
  type JobEntry,
  Jobs,
  type JobsPorts,
  type JobTimers,
  JobWork,
  type NodePlace,
  type PlaceToFill,
  Planning,
  type TaskHolder,
} from '../jobs/index.ts';
import { type BlockedChange, type Decision, Scheduler, type SchedulerEvent } from '../scheduler/index.ts';
import type { InstanceSettings } from './compute-environment.ts';
import { EventQueue } from './event-queue.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import { type InstanceMeasures, SimulatedInstances } from './simulated-instances.ts';
import { simulatedJournal } from './simulated-journal.ts';
import { TurnQueue } from './turn-queue.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Hears of what happens. */
export interface YardWatcher {
  readonly instances: InstanceMeasures;
  /** What jobs tell the scheduler, before it hears of it. */
  readonly told: (event: SchedulerEvent) => void;
  /** What the scheduler has taken, and is carried out next. */
  readonly decided: (decisions: readonly Decision[]) => void;
  readonly blocked: (changes: readonly BlockedChange[]) => void;
  /** A task starts: the engine is to be told what it does. */
  readonly started: (holder: TaskHolder, taskId: TaskId) => void;
  readonly released: () => void;
  readonly ended: (job: JobEntry, status: TerminalStatus) => void;
}

export interface SimulatedYardOptions {
  /** @default 0 */
  readonly beginsAt?: EpochMilliseconds;
  /** How far the scheduler's time is ahead of the clock. @default 0 */
  readonly ahead?: Milliseconds;
  readonly instances: InstanceSettings;
  /** What is drawn depends on it. */
  readonly seed: number;
  /** Who knows when attempts have lasted too long. @default the jobs' own timers */
  readonly timers?: JobTimers;
  readonly watcher: (yard: SimulatedYard) => YardWatcher;
}

/**
 * Jobs and scheduler of a server, with a clock that goes from one event to the next, an engine that plays tasks, and a journal that
 * keeps nothing. All that is due at an instant happens, then turns are taken, as in a server.
 */
export class SimulatedYard {
  readonly events = new EventQueue();
  readonly turns = new TurnQueue();
  readonly scheduler = new Scheduler();
  readonly clock: VirtualClock;
  readonly engine: SimulatedEngine;
  readonly instances: SimulatedInstances;
  readonly jobs: Jobs;
  readonly #watcher: YardWatcher;
  readonly #planning: Planning;
  readonly #work: JobWork;
  readonly #ahead: Milliseconds;
  #tasks = 0;

  constructor({ beginsAt = 0, ahead = 0, instances, seed, timers, watcher }: SimulatedYardOptions) {
    this.#ahead = ahead;
    this.clock = new VirtualClock(this.events, beginsAt);
    this.#watcher = watcher(this);
    const { clock, scheduler } = this;
    this.engine = new SimulatedEngine(clock, (event) =>
      simulatedJournal.transact((transaction) => this.jobs.report(transaction, event)),
    );
    this.instances = new SimulatedInstances({
      ...{ clock, engine: this.engine, jobs: () => this.jobs, measures: this.#watcher.instances, seed },
      settings: instances,
      tell: (event) => this.tell(event),
    });
    this.jobs = new Jobs(this.#ports(timers ?? this.#timeouts()));
    this.#planning = new Planning({
      ...{ scheduler, jobs: this.jobs, clock, soon: this.turns.soon, onError: rethrow },
      now: () => this.schedulingTime,
      instances: (decisions) => this.instances.carryOut(decisions),
      place: (decisions) => this.#place(decisions),
      onBlocked: (changes) => this.#watcher.blocked(changes),
    });
    this.#work = new JobWork(this.jobs, this.turns.soon, rethrow);
  }

  get schedulingTime(): EpochMilliseconds {
    return this.clock.now() + this.#ahead;
  }

  /** Turns are asked for from now on. */
  resume(): void {
    this.#planning.resume();
    this.#work.resume();
  }

  /** Tells the scheduler what is not of jobs. */
  tell(event: SchedulerEvent): void {
    this.scheduler.apply(event, this.schedulingTime);
    this.#planning.poke();
  }

  #timeouts(): JobTimers {
    return new AttemptTimeouts(this.clock, (taskId) =>
      simulatedJournal.transact((transaction) => this.jobs.timedOut(transaction, taskId)),
    );
  }

  #ports(timers: JobTimers): JobsPorts {
    return {
      journal: simulatedJournal,
      scheduler: {
        apply: (event) => {
          this.#watcher.told(event);
          this.tell(event);
        },
      },
      timers,
      clock: this.clock,
      onWork: () => this.#work.wake(),
      effects: {
        startTask: (holder, taskId) => this.#watcher.started(holder, taskId),
        stopTask: (_holder, { taskId }) => this.engine.stop(taskId),
        releaseTask: () => this.#watcher.released(),
        ended: (job, status) => this.#watcher.ended(job, status),
      },
      placeNode: (_transaction, { state }, index): NodePlace | undefined => {
        if (!('gang' in state)) return undefined;
        const { computeEnvironmentArn, pool, nodes } = state.gang;
        return { placement: this.#placement({ computeEnvironmentArn, pool, instance: nodes[index]?.instance ?? '' }) };
      },
    };
  }

  #place(decisions: readonly Decision[]): void {
    this.#watcher.decided(decisions);
    const [jobs, at] = [this.jobs, this.clock.now()];
    simulatedJournal.transact((transaction) => {
      for (const decision of decisions)
        carryOut({ jobs, transaction, at }, decision, (place) => this.#placeOf(decision, place));
    });
  }

  #placeOf(decision: Decision, { index }: PlaceToFill): NodePlace | undefined {
    const instance = instanceOf(decision, index);
    if (instance === undefined) return undefined;
    const { computeEnvironmentArn, pool } = decision;
    return { placement: this.#placement({ computeEnvironmentArn, pool, instance }) };
  }

  #placement(where: Pick<Placement, 'computeEnvironmentArn' | 'pool' | 'instance'>): Placement {
    this.#tasks += 1;
    const taskId = `${this.#tasks}` as TaskId;
    return { taskId, ...where, taskArn: '', containerInstanceArn: '', containers: [], placedAt: this.clock.now() };
  }
}

function rethrow(error: unknown): never {
  throw error;
}
