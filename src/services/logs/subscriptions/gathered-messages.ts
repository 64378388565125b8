import { scopeOf } from '../../../core/arn.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import type { SubscriptionFilterRecord } from '../filters/filter-records.ts';
import type { NewDelivery } from './deliverer.ts';
import { packed, type SubscribedEvent } from './payload.ts';

/** What one invocation is given: packed and written as Base64 it is less than Lambda takes, whatever the events are. */
const most = { bytes: 512 * 1024, events: 10_000 } as const;
/** AWS's overhead of an event. */
const overhead = 26;

interface Gathered {
  readonly filter: SubscriptionFilterRecord;
  readonly stream: LogStreamRecord;
  readonly events: SubscribedEvent[];
  bytes: number;
}

/** Events that are to be sent, by filter and stream. */
export class GatheredMessages {
  readonly #open = new Map<string, Gathered>();
  readonly #full: Gathered[] = [];
  #size = 0;

  /** How many events there are. */
  get size(): number {
    return this.#size;
  }

  add(filter: SubscriptionFilterRecord, stream: LogStreamRecord, event: SubscribedEvent, bytes: number): void {
    const key = `${stream.directory} ${filter.name}`;
    const known = this.#open.get(key);
    const isFull = known && (known.bytes + bytes > most.bytes || known.events.length >= most.events);
    if (known && isFull) this.#full.push(known);
    const gathered = known && !isFull ? known : { filter, stream, events: [], bytes: 0 };
    gathered.events.push(event);
    gathered.bytes += bytes + overhead;
    this.#open.set(key, gathered);
    this.#size += 1;
  }

  /** In the order in which they are to be sent. */
  async deliveries(): Promise<readonly NewDelivery[]> {
    const deliveries: NewDelivery[] = [];
    for (const { filter, stream, events } of [...this.#full, ...this.#open.values()]) {
      const { groupName, name: filterName, destinationArn } = filter;
      const payload = await packed({
        owner: filter.account,
        logGroup: groupName,
        logStream: stream.name,
        subscriptionFilters: [filterName],
        logEvents: events,
      });
      deliveries.push({ ...scopeOf(filter), groupName, filterName, destinationArn, events: events.length, payload });
    }
    return deliveries;
  }
}
