import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { ConsumableRequest } from '../core/job.ts';
import { SortedList } from '../core/sorted-list.ts';
import type { ConsumableSettings } from './scheduler-event.ts';

/** A job, or the children of an array, that hold units of a consumable resource. */
export interface ConsumableHolder {
  readonly jobId: JobId;
  /** Of an array, of all its children that are placed. */
  readonly quantity: number;
}

/** A consumable resource, and what placed jobs hold of it. Without settings it is gone, or never was. */
export interface Consumable {
  readonly arn: string;
  settings: ConsumableSettings | undefined;
  /** More than the total only after that was lowered. */
  held: number;
  /** By id, which is the order of submission. */
  readonly holders: SortedList<ConsumableHolder>;
}

/**
 * The consumable resources of the installation. What is held of each follows from the jobs that are placed, and is stored nowhere
 * else: nothing can leak.
 */
export class Consumables {
  readonly #byArn = new Map<string, Consumable>();

  /** One that is there, or of which something is held. */
  get(arn: string): Consumable | undefined {
    return this.#byArn.get(arn);
  }

  all(): Iterable<Consumable> {
    return this.#byArn.values();
  }

  put(settings: ConsumableSettings): void {
    invariant(settings.total >= 0, `there is less than none of ${settings.arn}`);
    this.#consumableFor(settings.arn).settings = settings;
  }

  remove(arn: string): void {
    const consumable = this.#byArn.get(arn);
    invariant(consumable?.settings, `consumable resource ${arn} is not known`);
    consumable.settings = undefined;
    this.#dropIfEmpty(consumable);
  }

  /** `count` jobs alike take what they need; negative gives it back. */
  hold(jobId: JobId, requests: readonly ConsumableRequest[], count: number): void {
    for (const { resource, quantity } of requests) {
      const consumable = this.#consumableFor(resource);
      consumable.held += quantity * count;
      const known = consumable.holders.from((holder) => holder.jobId >= jobId).next().value;
      const held = (known?.jobId === jobId ? known.quantity : 0) + quantity * count;
      invariant(held >= 0, `job ${jobId} holds less than none of ${resource}`);
      if (known?.jobId === jobId) consumable.holders.remove(known);
      if (held > 0) consumable.holders.add({ jobId, quantity: held });
      this.#dropIfEmpty(consumable);
    }
  }

  #consumableFor(arn: string): Consumable {
    const known = this.#byArn.get(arn);
    if (known) return known;
    const consumable = { arn, settings: undefined, held: 0, holders: new SortedList<ConsumableHolder>(byJob) };
    this.#byArn.set(arn, consumable);
    return consumable;
  }

  /** One that is deleted and made again under its name starts with what jobs still hold of the old one, as on AWS. */
  #dropIfEmpty(consumable: Consumable): void {
    if (!consumable.settings && consumable.holders.size === 0) this.#byArn.delete(consumable.arn);
  }
}

function byJob(a: ConsumableHolder, b: ConsumableHolder): number {
  return a.jobId < b.jobId ? -1 : Number(a.jobId > b.jobId);
}
