import { frameEnd, frameHeaderBytes, frameIngestedAt, frameTimestamp } from './format.ts';

/** One record as read back: in `segment` it lies from `offset` to `end`. */
export interface SegmentRecord {
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly payload: Uint8Array;
  readonly segment: number;
  readonly offset: number;
  readonly end: number;
}

/**
 * The frames of one block of one segment. They were checked when the block was found, so that here only headers are
 * read; a record is made when it is asked for, since a search holds many blocks at once.
 */
export class BlockFrames {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #segment: number;
  readonly #base: number;
  readonly #offsets: readonly number[];

  /** `bytes` lie at `base` of the segment. Takes the frames for which `wants(timestamp, offset, end)` holds. */
  constructor(
    bytes: Uint8Array,
    place: { readonly segment: number; readonly base: number },
    wants: (timestamp: number, offset: number, end: number) => boolean,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#segment = place.segment;
    this.#base = place.base;
    this.#offsets = this.#select(wants);
  }

  get count(): number {
    return this.#offsets.length;
  }

  /** The `index`th of the frames taken, in the order of writing. */
  record(index: number): SegmentRecord | undefined {
    const offset = this.#offsets[index];
    if (offset === undefined) return undefined;
    const end = frameEnd(this.#view, offset);
    return {
      timestamp: frameTimestamp(this.#view, offset),
      ingestedAt: frameIngestedAt(this.#view, offset),
      payload: this.#bytes.subarray(offset + frameHeaderBytes, end),
      segment: this.#segment,
      offset: this.#base + offset,
      end: this.#base + end,
    };
  }

  /** A file cut short since ends the block early. */
  #select(wants: (timestamp: number, offset: number, end: number) => boolean): number[] {
    const offsets: number[] = [];
    for (let offset = 0; offset + frameHeaderBytes <= this.#bytes.length; ) {
      const end = frameEnd(this.#view, offset);
      if (end > this.#bytes.length) break;
      if (wants(frameTimestamp(this.#view, offset), this.#base + offset, this.#base + end)) offsets.push(offset);
      offset = end;
    }
    return offsets;
  }
}
