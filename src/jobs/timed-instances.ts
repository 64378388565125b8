import type { CancelTimer, Clock } from '../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import { interruptedAfter } from '../scheduler/index.ts';
import type { InstanceProvider, InstanceReport, InstanceToLaunch } from './instance-provider.ts';

export interface TimedInstancesOptions {
  readonly clock: Clock;
  /** By which Spot takes instances back. @default the other clock */
  readonly interruptionClock?: Clock;
  readonly report: (report: InstanceReport) => void;
  /** From launch to ready. @default 0: at once, as on one host */
  readonly bootDelay?: Milliseconds;
  /** Draws when Spot takes instances back. @default never */
  readonly interruptionSeed?: number;
  /** Why an instance cannot be had now; undefined if it can. @default it always can */
  readonly refusal?: (instance: InstanceToLaunch) => string | undefined;
}

/** Instances that are nothing but time passing: logical ones on a host, by its clock, and virtual ones in the simulator, by the simulator's. */
export class TimedInstances implements InstanceProvider {
  readonly #options: TimedInstancesOptions;
  /** What is due next of each instance. */
  readonly #due = new Map<string, CancelTimer>();

  constructor(options: TimedInstancesOptions) {
    this.#options = options;
  }

  launch(instance: InstanceToLaunch): void {
    if (this.#due.has(instance.id)) return;
    const { clock, bootDelay = 0 } = this.#options;
    // What boots while the server restarts does not begin anew.
    const left = instance.launchedAt + bootDelay - clock.now();
    this.#due.set(
      instance.id,
      clock.after(Math.min(left, bootDelay), () => this.#boot(instance)),
    );
  }

  adopt(instance: InstanceToLaunch, readyAt: EpochMilliseconds): void {
    if (this.#due.has(instance.id)) return;
    this.#await(instance, readyAt);
  }

  end(id: string): void {
    this.#due.get(id)?.();
    this.#due.delete(id);
  }

  #boot(instance: InstanceToLaunch): void {
    const { clock, report, refusal } = this.#options;
    const { id } = instance;
    const [at, reason] = [clock.now(), refusal?.(instance)];
    if (reason === undefined) {
      this.#await(instance, at);
      report({ kind: 'ready', id, at });
      return;
    }
    this.#due.delete(id);
    report({ kind: 'failed', id, at, reason });
  }

  /** Until Spot takes it back, if it ever does. */
  #await({ id, purchase, interruption }: InstanceToLaunch, readyAt: EpochMilliseconds): void {
    const { clock: usual, report, interruptionSeed: seed } = this.#options;
    const { interruptionClock: clock = usual } = this.#options;
    if (seed === undefined || purchase === 'on-demand') {
      this.#due.set(id, () => {});
      return;
    }
    const left = readyAt + interruptedAfter(seed, id, interruption) - clock.now();
    const interrupt = () => {
      this.#due.delete(id);
      report({ kind: 'interrupted', id, at: clock.now() });
    };
    this.#due.set(id, clock.after(left, interrupt));
  }
}
