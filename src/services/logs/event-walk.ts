import type { FillResult, SegmentPosition, SegmentRecord } from '../../segments/index.ts';
import { LaneHeap } from './lane-heap.ts';
import { quotas, work } from './limits.ts';

/** Something that gives records in one direction: a `SegmentReader`. */
export interface Lane {
  readonly position: SegmentPosition;
  readonly bytesRead: number;
  peek(): SegmentRecord | undefined;
  take(): SegmentRecord | undefined;
  fill(): Promise<FillResult>;
}

export interface EventWalkOptions {
  readonly direction: 'forward' | 'backward';
  /** The most records that are chosen. */
  readonly limit: number;
  /** The most bytes of payload, with AWS's 26 for each event, of all that are chosen; the first one always fits. */
  readonly maximumBytes: number;
  /** The most bytes of segments that are read. */
  readonly readBytes: number;
  readonly signal: AbortSignal;
  /** What looking at a record costs beside its length, in steps of an automaton. @default nothing */
  readonly stepsOf?: (record: SegmentRecord) => number;
}

/** Why a walk stopped: nothing is left in any lane (for now), the page is full, or enough has been read for one page. */
export type WalkEnd = 'end' | 'full' | 'worked';

/**
 * Merges lanes by time: always the earliest (going backward: the latest) of the next records of all lanes. Each lane
 * keeps its own order, which is the order of writing, so that a position in each lane says exactly what has been seen,
 * whatever is appended meanwhile and however its times lie.
 */
export class EventWalk<SomeLane extends Lane> {
  readonly #options: EventWalkOptions;
  #chosen = 0;
  #bytes = 0;
  #looked = 0;
  #read = 0;

  constructor(options: EventWalkOptions) {
    this.#options = options;
  }

  /** Walks on, over `lanes`, giving each record to `choose`, which answers whether it goes into the page. */
  async over(lanes: readonly SomeLane[], choose: (record: SegmentRecord, lane: SomeLane) => boolean): Promise<WalkEnd> {
    const heap = new LaneHeap<SomeLane>(this.#options.direction);
    for (const [order, lane] of lanes.entries()) {
      if ((await this.#fill(lane)) === 'worked') return 'worked';
      if (lane.peek()) heap.push(lane, order);
    }
    for (;;) {
      const lane = heap.top;
      const record = lane?.peek();
      if (!lane || !record) return 'end';
      if (!this.#take(lane, record, choose)) return 'full';
      if (!lane.peek() && (await this.#fill(lane)) === 'worked') return 'worked';
      heap.settleTop();
      if (this.#looked >= work.turnEvents) await this.#giveWay();
    }
  }

  /** Reads on until the lane has a record or is at its end. */
  async #fill(lane: SomeLane): Promise<'filled' | 'worked'> {
    let result: FillResult = lane.peek() ? 'records' : 'nothing-yet';
    while (result === 'nothing-yet') {
      this.#options.signal.throwIfAborted();
      if (this.#read >= this.#options.readBytes) return 'worked';
      const before = lane.bytesRead;
      result = await lane.fill();
      this.#read += lane.bytesRead - before;
    }
    return 'filled';
  }

  /** False: the page is full, and the record stays for the next. */
  #take(lane: SomeLane, record: SegmentRecord, choose: (record: SegmentRecord, lane: SomeLane) => boolean): boolean {
    const bytes = record.payload.length + quotas.eventOverheadBytes;
    if (this.#isFull(bytes)) return false;
    // A long record counts as many: a turn looks at no more than some 256 KiB.
    this.#looked += 1 + Math.floor(record.payload.length / work.eventBytes);
    this.#looked += Math.floor((this.#options.stepsOf?.(record) ?? 0) / work.eventSteps);
    if (choose(record, lane)) {
      this.#chosen += 1;
      this.#bytes += bytes;
    }
    lane.take();
    return true;
  }

  #isFull(bytes: number): boolean {
    if (this.#chosen === 0) return false;
    return this.#chosen >= this.#options.limit || this.#bytes + bytes > this.#options.maximumBytes;
  }

  #giveWay(): Promise<void> {
    this.#looked = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
