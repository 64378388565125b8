import type { MetricChunkPlace, MetricResolution } from '../../../store/index.ts';
import { addTo, type Bucket, copyOf } from './bucket.ts';
import { chunkStart } from './chunk-codec.ts';
import type { PutPoint } from './recent-codec.ts';

/** The resolutions to which points are added up, finest first, and for how many seconds those of each are kept, as AWS keeps them. */
export const retention: readonly (readonly [resolution: MetricResolution, seconds: number])[] = [
  [1, 3 * 3600],
  [60, 15 * 86_400],
  [300, 63 * 86_400],
  [3600, 455 * 86_400],
];

/** What is added to a chunk: points by their place in it. */
export interface OverlayChunk extends MetricChunkPlace {
  readonly points: Map<number, Bucket>;
}

/** Points that chunks of the store have not taken in yet. They are added to what those hold. */
export class Overlay {
  readonly #chunks = new Map<string, OverlayChunk>();

  get size(): number {
    return this.#chunks.size;
  }

  /** Adds a point at one resolution. */
  add({ series, time, bucket }: PutPoint, resolution: MetricResolution): void {
    const place = placeOf({ series, time }, resolution);
    const { start } = place;
    const { points } = this.#chunks.getOrInsertComputed(keyOf(place), () => ({ ...place, points: new Map() }));
    const at = Math.floor((time - start) / resolution);
    const known = points.get(at);
    if (known) addTo(known, bucket);
    else points.set(at, copyOf(bucket));
  }

  get(place: MetricChunkPlace): OverlayChunk | undefined {
    return this.#chunks.get(keyOf(place));
  }

  chunks(): IteratorObject<OverlayChunk> {
    return this.#chunks.values();
  }

  delete(place: MetricChunkPlace): void {
    this.#chunks.delete(keyOf(place));
  }

  /** Takes in what another one has. */
  absorb(other: Overlay): void {
    for (const chunk of other.chunks()) {
      for (const [at, bucket] of chunk.points) {
        this.add({ series: chunk.series, time: chunk.start + at * chunk.resolution, bucket }, chunk.resolution);
      }
    }
  }
}

/** Which chunk a point belongs to. */
export function placeOf(
  { series, time }: Pick<PutPoint, 'series' | 'time'>,
  resolution: MetricResolution,
): MetricChunkPlace {
  return { series, resolution, start: chunkStart(resolution, time) };
}

export function keyOf({ series, resolution, start }: MetricChunkPlace): string {
  return `${series} ${resolution} ${start}`;
}
