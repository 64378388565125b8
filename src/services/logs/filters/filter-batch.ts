import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { SegmentRecord } from '../../../segments/index.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import { eventId, streamDigits } from '../event-id.ts';
import { GatheredMessages } from '../subscriptions/gathered-messages.ts';
import { SeenMinutes } from './default-minutes.ts';
import type { DimensionBound } from './dimension-bound.ts';
import type { FilterCursorRecord, MetricFilterRecord } from './filter-records.ts';
import type { AnyFilter, GroupFilters } from './group-filters.ts';
import type { GatheredPoints } from './metric-sink.ts';
import { valuesOf } from './metric-values.ts';
import type { Member } from './pattern-set.ts';

/** How far a stream has been read. */
export interface CursorMove {
  readonly from: FilterCursorRecord;
  readonly to: Pick<FilterCursorRecord, 'task' | 'server'>;
  /** How often something had been appended when it was read. */
  readonly changes: number;
  /** There was nothing more, and no task writes to it. */
  readonly isOver: boolean;
}

interface BatchOptions {
  readonly filters: GroupFilters;
  readonly points: GatheredPoints;
  readonly bound: DimensionBound;
  /** Whether a subscription filter's function refuses what it is sent. */
  readonly isDisabled: (filter: AnyFilter['filter']) => boolean;
  readonly onUndecided: (filter: AnyFilter, error: unknown) => void;
}

/** An event as it was read. */
export interface ReadEvent {
  readonly stream: LogStreamRecord;
  readonly lane: 'task' | 'server';
  readonly record: SegmentRecord;
}

/** What becomes of events of one group in one commit. */
export class FilterBatch {
  readonly points: GatheredPoints;
  readonly messages = new GatheredMessages();
  readonly minutes = new SeenMinutes();
  readonly moves: CursorMove[] = [];
  readonly #options: BatchOptions;
  readonly #withDefaults: readonly MetricFilterRecord[];

  constructor(options: BatchOptions) {
    this.#options = options;
    this.points = options.points;
    this.#withDefaults = options.filters.all.flatMap(({ kind, filter }) =>
      kind === 'metric' && filter.transformations.some(({ defaultValue }) => defaultValue !== undefined)
        ? [filter]
        : [],
    );
  }

  get size(): number {
    return this.points.size + this.messages.size;
  }

  /** Asks all filters about an event. */
  take(event: ReadEvent): void {
    const { payload, ingestedAt } = event.record;
    const message = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
    const { filters, onUndecided } = this.#options;
    const isNew = ({ filter }: AnyFilter) => ingestedAt >= filter.createdAt;
    const matching = filters.patterns.matching(message, onUndecided).filter(({ owner }) => isNew(owner));
    for (const member of matching) this.#taken(member, event, message);
    for (const filter of this.#withDefaults) {
      const isMatch = matching.some(({ owner }) => owner.filter === filter);
      if (ingestedAt >= filter.createdAt) this.minutes.saw(filter, ingestedAt, isMatch);
    }
  }

  #taken({ owner, pattern }: Member<AnyFilter>, { stream, lane, record }: ReadEvent, message: string): void {
    const { timestamp, payload } = record;
    if (owner.kind === 'metric') this.#count(owner.filter, timestamp, valuesOf(owner.filter, pattern, message));
    else if (!this.#options.isDisabled(owner.filter)) {
      const id = eventId(streamDigits(stream.directory), lane, record);
      this.messages.add(owner.filter, stream, { id, timestamp, message }, payload.length);
    }
  }

  #count(filter: MetricFilterRecord, at: EpochMilliseconds, values: ReturnType<typeof valuesOf>): void {
    for (const { metric, value } of values) {
      if (this.#options.bound.allows(filter, metric)) this.points.add(metric, at, value);
    }
  }
}
