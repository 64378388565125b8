import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import type { LaunchType } from '../scheduler/index.ts';
import type { Level, Timeline } from './timeline.ts';

/** What is measured of the instances of one compute environment. */
export interface FleetMeasure {
  readonly instances: Level;
  launched: number;
  interrupted: number;
  /** Of all that are gone. */
  time: Milliseconds;
  /** US dollars, of all that are gone. */
  cost: number;
  /** How many were launched, by type. */
  readonly types: Map<string, number>;
}

interface Instance {
  readonly measure: FleetMeasure;
  /** US dollars an hour. */
  readonly price: number;
  readonly since: EpochMilliseconds;
  isOver: boolean;
}

const hour: Milliseconds = 3_600_000;

/** Instances, summed up: an instance costs its price from its launch to its end. */
export class FleetMeasures {
  /** By ARN of the environment: those that have launched any. */
  readonly fleets = new Map<string, FleetMeasure>();
  readonly #instances = new Map<string, Instance>();
  readonly #timeline: Timeline;
  readonly #now: () => EpochMilliseconds;

  constructor(timeline: Timeline, now: () => EpochMilliseconds) {
    this.#timeline = timeline;
    this.#now = now;
  }

  launched(
    environmentArn: string,
    { id, type, purchase }: { readonly id: string; readonly type: LaunchType; readonly purchase: 'on-demand' | 'spot' },
  ): void {
    const measure = this.#fleetOf(environmentArn);
    measure.launched += 1;
    measure.instances.change(this.#now(), 1);
    measure.types.set(type.name, (measure.types.get(type.name) ?? 0) + 1);
    const price = purchase === 'spot' ? type.spot : type.onDemand;
    this.#instances.set(id, { measure, price, since: this.#now(), isOver: false });
  }

  /** Spot has it back: it costs nothing more, though it is not forgotten yet. */
  interrupted(id: string): void {
    const instance = this.#instances.get(id);
    if (!instance) return;
    instance.measure.interrupted += 1;
    this.#sumUp(instance);
  }

  ended(id: string): void {
    const instance = this.#instances.get(id);
    if (instance) this.#sumUp(instance);
    this.#instances.delete(id);
  }

  /** Sums up those that are there still. */
  finish(): void {
    for (const instance of this.#instances.values()) this.#sumUp(instance);
  }

  #sumUp(instance: Instance): void {
    if (instance.isOver) return;
    instance.isOver = true;
    const { measure, price, since } = instance;
    const time = this.#now() - since;
    measure.time += time;
    measure.cost += (price * time) / hour;
    measure.instances.change(this.#now(), -1);
  }

  #fleetOf(arn: string): FleetMeasure {
    const known = this.fleets.get(arn);
    if (known) return known;
    const made = { instances: this.#timeline.level(), launched: 0, interrupted: 0, time: 0, cost: 0, types: new Map() };
    this.fleets.set(arn, made);
    return made;
  }
}
