import { SortedList } from '../core/sorted-list.ts';
import type { Lane, WaitingJob } from './queue.ts';

/** A lane by its first share, as that stood when it was looked at. */
interface Place {
  readonly lane: Lane;
  readonly head: WaitingJob;
  readonly value: number;
  readonly tie: number;
}

/**
 * The lanes of a queue in which a head may still start, during one pass at x: the first of hundreds is found without looking at all
 * of them, however many are shut one after the other.
 */
export class OpenLanes {
  readonly #x: number;
  readonly #sorted = new SortedList<Place>((one, other) => one.value - other.value || one.tie - other.tie);
  readonly #places = new Map<Lane, Place>();
  readonly #shut = new Set<Lane>();

  constructor(lanes: Iterable<Lane>, x: number) {
    this.#x = x;
    for (const lane of lanes) this.changed(lane);
  }

  /** The head that starts next of those that may. */
  get first(): WaitingJob | undefined {
    return this.#sorted.first?.head;
  }

  /** What its heads ask for there is no room for. */
  shut(lane: Lane): void {
    this.#shut.add(lane);
    this.#takeOut(lane);
  }

  /** A head of it has started, or has come to stand there: another share may be first. */
  changed(lane: Lane): void {
    this.#takeOut(lane);
    const share = this.#shut.has(lane) ? undefined : lane.tournament.winner(this.#x);
    if (!share?.head) return;
    const { line, tie, head } = share;
    const place = { lane, head, value: line.constant + line.slope * this.#x, tie };
    this.#sorted.add(place);
    this.#places.set(lane, place);
  }

  #takeOut(lane: Lane): void {
    const place = this.#places.get(lane);
    if (!place) return;
    this.#sorted.remove(place);
    this.#places.delete(lane);
  }
}
