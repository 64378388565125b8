import type { EpochMilliseconds } from '../core/ids.ts';
import { lostReason } from '../engines/index.ts';
import { type InstanceReport, type InstanceToLaunch, type Jobs, placementsOn, TimedInstances } from '../jobs/index.ts';
import type { InstanceDecision, LaunchDecision, SchedulerEvent } from '../scheduler/index.ts';
import type { InstanceSettings } from './compute-environment.ts';
import type { FleetMeasures } from './fleet-measures.ts';
import type { SimulatedEngine } from './simulated-engine.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Hears what becomes of instances. */
export type InstanceMeasures = Pick<FleetMeasures, 'launched' | 'interrupted' | 'ended'>;

/** An instance that boots. */
export type StartingInstance = Pick<InstanceToLaunch, 'id' | 'environmentArn' | 'type'>;

interface SimulatedInstancesOptions {
  readonly clock: VirtualClock;
  readonly settings: InstanceSettings;
  /** When Spot takes which back is drawn from it. */
  readonly seed: number;
  readonly engine: SimulatedEngine;
  readonly jobs: () => Pick<Jobs, 'tasks'>;
  readonly measures: InstanceMeasures;
  readonly tell: (event: SchedulerEvent) => void;
}

/** Instances of a simulation: nothing but time passing, and what that costs. What they do to jobs is what a server's do. */
export class SimulatedInstances {
  readonly #options: SimulatedInstancesOptions;
  readonly #provider: TimedInstances;
  /** Where each is. */
  readonly #environments = new Map<string, string>();

  constructor(options: SimulatedInstancesOptions) {
    this.#options = options;
    const { clock, settings, seed } = options;
    this.#provider = new TimedInstances({
      clock,
      interruptionClock: clock.idle(),
      report: (report) => this.#hear(report),
      bootDelay: settings.bootDelay,
      ...(settings.interruptions && { interruptionSeed: seed }),
    });
  }

  carryOut(decisions: readonly InstanceDecision[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'launch') this.#launch(decision);
      // What is reserved is the scheduler's alone.
      else if (decision.kind === 'end') this.#end(decision.id);
    }
  }

  #launch({ computeEnvironmentArn, type, instances, reason: { purchase } }: LaunchDecision): void {
    const { clock } = this.#options;
    for (const { id } of instances) {
      this.#environments.set(id, computeEnvironmentArn);
      this.#options.measures.launched(computeEnvironmentArn, { id, type, purchase });
      const { name, interruption } = type;
      this.#provider.launch({
        ...{ id, environmentArn: computeEnvironmentArn, type: name, purchase, interruption },
        launchedAt: clock.now(),
      });
    }
  }

  /** One that was launched before the simulation began, and is not ready. */
  goOn({ id, environmentArn, type }: StartingInstance, launchedAt: EpochMilliseconds): void {
    this.#environments.set(id, environmentArn);
    this.#provider.launch({ id, environmentArn, type, purchase: 'on-demand', interruption: 0, launchedAt });
  }

  #end(id: string): void {
    this.#provider.end(id);
    this.#environments.delete(id);
    this.#options.measures.ended(id);
  }

  #hear({ kind, id }: InstanceReport): void {
    const computeEnvironmentArn = this.#environments.get(id);
    if (computeEnvironmentArn === undefined) return;
    const { tell, measures } = this.#options;
    if (kind !== 'interrupted') {
      tell({ kind: `instance-${kind}`, computeEnvironmentArn, id });
      return;
    }
    measures.interrupted(id);
    tell({ kind: 'instance-closed', computeEnvironmentArn, id });
    this.#endTasks(id);
  }

  #endTasks(id: string): void {
    const { jobs, engine } = this.#options;
    for (const { taskId } of placementsOn(id, jobs().tasks().values())) engine.lose(taskId, lostReason(id));
  }
}
