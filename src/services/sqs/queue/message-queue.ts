import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { QueueMessage } from '../../../store/index.ts';
import type { Entry } from './entry.ts';
import { type Decision, FifoShelf, type Shelf, StandardShelf } from './shelf.ts';
import { TimeHeap } from './time-heap.ts';
import { Waiters } from './waiters.ts';

/** What a repeated send is answered with. */
export interface FirstSend {
  readonly until: EpochMilliseconds;
  readonly messageId: string;
  readonly sequence: number;
}

/** Messages that become visible by one look at a queue: about a millisecond. The rest of many does by the next looks. */
const mostShown = 1_000;

/** The messages of one queue in memory: which may be given, which are out and until when, and who waits for some. */
export class MessageQueue {
  readonly number: number;
  readonly isFifo: boolean;
  readonly waiters: Waiters;
  /** Deduplication keys in the order in which they expire. */
  readonly sentBefore = new Map<string, FirstSend>();
  /** When its sweep is due at the latest, as far as memory knows. */
  sweepAt: EpochMilliseconds | undefined;
  #entries = new Map<number, Entry>();
  #counts = noneYet();
  #shelf: Shelf;
  #timers = newTimers();
  /** What was moved here is older than its number says. */
  #moved = newMoved();
  readonly #clock: Clock;
  #cancelTimer: CancelTimer | undefined;

  constructor(number: number, isFifo: boolean, clock: Clock) {
    this.number = number;
    this.isFifo = isFifo;
    this.#clock = clock;
    this.waiters = new Waiters(clock);
    this.#shelf = newShelf(isFifo);
  }

  get counts(): { readonly visible: number; readonly delayed: number; readonly leased: number } {
    this.#show();
    return this.#counts;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: number): Entry | undefined {
    this.#show();
    return this.#entries.get(id);
  }

  /** Whether it is one of these still: whoever has kept it for a while asks. */
  has(entry: Entry): boolean {
    return this.#entries.get(entry.id) === entry;
  }

  /** Takes in a message that is stored, or about to be. */
  add(message: QueueMessage): Entry {
    const { id, content, sentAt, group, source, receives, firstAt, nonce, visibleAt } = message;
    const wait = visibleAt - this.#clock.now();
    const place = wait <= 0 ? 'visible' : nonce === 0 ? 'delayed' : 'leased';
    const dueAt = this.#clock.monotonic() + Math.min(wait, longestLease);
    const entry: Entry = { id, content, sentAt, group, source, receives, firstAt, nonce, place, dueAt };
    this.#entries.set(id, entry);
    this.#counts[place] += 1;
    if (place !== 'visible') {
      this.#timers.push(dueAt, entry);
      this.#arm();
    }
    if (source !== undefined) this.#moved.push(sentAt, entry);
    this.#shelf.add(entry);
    return entry;
  }

  remove(entry: Entry): void {
    const wasLeased = entry.place === 'leased';
    this.#place(entry, 'gone');
    this.#entries.delete(entry.id);
    if (wasLeased) this.#shelf.release(entry);
  }

  /** Offers messages that are visible now until so many were given; `decide` calls `lease` or `remove` for each. */
  offer(count: number, decide: (entry: Entry) => Decision): void {
    this.#show();
    this.#shelf.offer(count, decide);
  }

  /** Somebody has it for so long from now. Where nobody had it the shelf has just offered it. */
  lease(entry: Entry, duration: Milliseconds): void {
    this.#place(entry, 'leased');
    entry.dueAt = this.#clock.monotonic() + duration;
    this.#timers.push(entry.dueAt, entry);
    this.#arm();
  }

  /** Whoever had it has given it back. */
  giveBack(entry: Entry): void {
    if (entry.place !== 'leased') return;
    this.#place(entry, 'visible');
    this.#shelf.release(entry);
    this.#shelf.show(entry);
  }

  /** The oldest messages that are visible now, at most so many. */
  front(count: number): readonly Entry[] {
    this.#show();
    const found: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (found.length === count || this.#counts.visible === found.length) break;
      if (entry.place === 'visible') found.push(entry);
    }
    return found;
  }

  /** The message that was sent before all others. */
  oldest(): Entry | undefined {
    const [first] = this.#entries.values();
    const movedAt = this.#moved.first();
    if (!first || movedAt === undefined || movedAt >= first.sentAt) return first;
    const moved = this.#moved.take(movedAt);
    if (moved) this.#moved.push(movedAt, moved);
    return moved;
  }

  /** Waits for something to be there. */
  wait(time: Milliseconds, signal: AbortSignal) {
    const waiting = this.waiters.wait(time, signal);
    this.#arm();
    return waiting;
  }

  /** Wakes whoever waited longest if there is something for it. */
  wake(): void {
    if (this.waiters.size > 0 && this.hasReady()) this.waiters.wakeFirst();
  }

  hasReady(): boolean {
    this.#show();
    return this.#shelf.hasReady();
  }

  /** Forgets all messages at once, however many; who waits goes on waiting. */
  clear(): void {
    this.#entries = new Map();
    this.#counts = noneYet();
    this.#timers = newTimers();
    this.#moved = newMoved();
    this.#shelf = newShelf(this.isFifo);
    this.#arm();
  }

  /** Nobody waits any more. */
  close(): void {
    this.waiters.dismiss('gone');
    this.#arm();
  }

  /** What waited for its time becomes visible. */
  #show(): void {
    const now = this.#clock.monotonic();
    for (let shown = 0; shown < mostShown; shown += 1) {
      const entry = this.#timers.take(now);
      if (!entry) return;
      const wasLeased = entry.place === 'leased';
      this.#place(entry, 'visible');
      if (wasLeased) this.#shelf.release(entry);
      this.#shelf.show(entry);
    }
  }

  #place(entry: Entry, place: Entry['place']): void {
    this.#counts[entry.place] -= 1;
    this.#counts[place] += 1;
    entry.place = place;
  }

  /** One timer, for the first message that becomes visible while somebody waits. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const first = this.waiters.size > 0 ? this.#timers.first() : undefined;
    if (first === undefined) return;
    this.#cancelTimer = this.#clock.after(first - this.#clock.monotonic(), () => {
      this.wake();
      this.#arm();
    });
  }
}

function noneYet() {
  return { visible: 0, delayed: 0, leased: 0, gone: 0 };
}

function newTimers(): TimeHeap<Entry> {
  return new TimeHeap(({ place, dueAt }, time) => dueAt === time && (place === 'leased' || place === 'delayed'));
}

function newMoved(): TimeHeap<Entry> {
  return new TimeHeap(({ place }) => place !== 'gone');
}

function newShelf(isFifo: boolean): Shelf {
  return isFifo ? new FifoShelf() : new StandardShelf();
}

/** AWS's: 12 hours. A wall clock that was set back must not keep a message longer. */
const longestLease: Milliseconds = 12 * 60 * 60_000;
