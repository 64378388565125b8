import { Buffer } from 'node:buffer';
import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { scopeOf } from '../../core/arn.ts';
import type { SegmentReader, SegmentRecord } from '../../segments/index.ts';
import type { LogStreamRecord } from '../../store/index.ts';
import { eventId, streamDigits } from './event-id.ts';
import { EventWalk } from './event-walk.ts';
import { placeKey, type SearchPlace } from './filter-token.ts';
import { isDoomed } from './groups.ts';
import { quotas, work } from './limits.ts';
import type { CompiledPattern } from './patterns/index.ts';
import type { LogGroupRecord } from './records.ts';
import type { LogsRuntime } from './runtime.ts';
import { filesOf, StreamLanes, streamStart, type TimeWindow } from './stream-lanes.ts';
import { findStream } from './streams.ts';

export interface EventSearchOptions extends TimeWindow {
  readonly group: LogGroupRecord;
  /** Absent names and prefix: every stream of the group. */
  readonly streams: { readonly names?: readonly string[] | undefined; readonly prefix?: string | undefined };
  readonly pattern: CompiledPattern;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface SearchPage {
  readonly events: FilteredLogEvent[];
  /** Absent: everything has been searched. */
  readonly next?: SearchPlace;
}

/** Streams to merge, and whether others come after `until` (the last name looked at). */
interface Merged {
  readonly streams: readonly LogStreamRecord[];
  readonly until?: string;
  readonly more: boolean;
}

interface StreamWalk {
  readonly stream: LogStreamRecord;
  readonly lanes: StreamLanes;
  readonly idDigits: string;
}

/** Finds the matching events of a group, a page at a time. */
export class EventSearch {
  readonly #runtime: LogsRuntime;
  readonly #options: EventSearchOptions;
  readonly #events: FilteredLogEvent[] = [];
  readonly #walk: EventWalk<SegmentReader>;
  #listed = 0;

  constructor(runtime: LogsRuntime, options: EventSearchOptions) {
    const { limit, signal, pattern } = options;
    this.#runtime = runtime;
    this.#options = options;
    this.#walk = new EventWalk({
      direction: 'forward',
      limit,
      maximumBytes: quotas.pageBytes,
      readBytes: work.pageReadBytes,
      stepsOf: (record) => pattern.steps(record.payload.length),
      signal,
    });
  }

  /** One page from `begin`, or from the start. Called once. */
  async page(begin: SearchPlace = { places: new Map() }): Promise<SearchPage> {
    let place = begin;
    for (;;) {
      const merged = await this.#merge(place);
      const walks = await Promise.all(merged.streams.map((stream) => this.#open(stream, place)));
      const end = await this.#search(walks);
      if (end !== 'end')
        return { events: this.#sorted(), next: { ...boundsOf(place, merged), places: placesOf(walks) } };
      if (!merged.more || merged.until === undefined) return { events: this.#sorted() };
      place = { after: merged.until, places: new Map() };
      if (this.#listed >= work.pageStreams) return { events: this.#sorted(), next: place };
    }
  }

  /** The next streams to merge: those of the page before, if it stopped among them. */
  async #merge(place: SearchPlace): Promise<Merged> {
    const { group, streams } = this.#options;
    if (streams.names) {
      const names = [...new Set(streams.names)];
      return {
        streams: await Promise.all(names.map((name) => findStream(this.#runtime, group, group.name, name))),
        more: false,
      };
    }
    const rows = await this.#runtime.store.reads.logStreams({
      scope: scopeOf(group),
      groupName: group.name,
      order: 'name',
      descending: false,
      limit: work.pageStreams,
      ...(streams.prefix !== undefined && { namePrefix: streams.prefix }),
      ...(place.after !== undefined && { after: { name: place.after } }),
    });
    return this.#choose(rows, place);
  }

  #choose(rows: readonly LogStreamRecord[], { until }: SearchPlace): Merged {
    const streams: LogStreamRecord[] = [];
    let last: string | undefined;
    for (const row of rows) {
      if (until === undefined ? streams.length >= work.mergedStreams : isAfter(row.name, until)) {
        return { streams, until: until ?? last ?? row.name, more: true };
      }
      last = row.name;
      this.#listed += 1;
      if (this.#mayMatch(row)) streams.push(row);
    }
    const more = rows.length >= work.pageStreams;
    return { streams, more, ...(last !== undefined && { until: until ?? last }) };
  }

  /** The times of a live stream are not known. */
  #mayMatch(stream: LogStreamRecord): boolean {
    if (isDoomed(this.#runtime, stream)) return false;
    if (stream.live) return true;
    const { firstEventAt, lastEventAt } = stream;
    if (firstEventAt === undefined || lastEventAt === undefined) return false;
    return lastEventAt >= this.#options.from && firstEventAt < this.#options.to;
  }

  async #open(stream: LogStreamRecord, { places }: SearchPlace): Promise<StreamWalk> {
    const { from, to } = this.#options;
    const position = places.get(placeKey(stream.directory)) ?? streamStart;
    const files = await filesOf(this.#runtime, stream);
    const lanes = new StreamLanes(this.#runtime, files, { direction: 'forward', position, from, to });
    return { stream, lanes, idDigits: streamDigits(stream.directory) };
  }

  #search(walks: readonly StreamWalk[]) {
    const owners = new Map(walks.flatMap((walk) => walk.lanes.lanes.map((lane) => [lane, walk] as const)));
    return this.#walk.over([...owners.keys()], (record, lane) => {
      const bytes = Buffer.from(record.payload.buffer, record.payload.byteOffset, record.payload.length);
      const { pattern } = this.#options;
      if (!pattern.mayMatch(bytes)) return false;
      const message = bytes.toString();
      const walk = owners.get(lane);
      if (!walk || !pattern.matches(message)) return false;
      this.#events.push(toEvent(walk, lane, record, message));
      return true;
    });
  }

  #sorted(): FilteredLogEvent[] {
    return this.#events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  }
}

function boundsOf(place: SearchPlace, merged: Merged): Pick<SearchPlace, 'after' | 'until'> {
  return {
    ...(place.after !== undefined && { after: place.after }),
    ...(merged.until !== undefined && { until: merged.until }),
  };
}

function placesOf(walks: readonly StreamWalk[]): SearchPlace['places'] {
  return new Map(walks.map(({ stream, lanes }) => [placeKey(stream.directory), lanes.position]));
}

function toEvent(walk: StreamWalk, lane: SegmentReader, record: SegmentRecord, message: string): FilteredLogEvent {
  const { timestamp, ingestedAt } = record;
  return {
    logStreamName: walk.stream.name,
    timestamp,
    message,
    ingestionTime: ingestedAt,
    eventId: eventId(walk.idDigits, walk.lanes.isTask(lane) ? 'task' : 'server', record),
  };
}

/** By code point, which is the order of the store. */
function isAfter(name: string, other: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(other)) > 0;
}
