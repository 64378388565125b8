import type { Entry } from './entry.ts';
import { Ring } from './ring.ts';

/** What becomes of an entry that could be given: it is, or it leaves the queue. */
export type Decision = 'given' | 'gone';

/** In which order visible messages are given. Entries that are `gone` are passed over. */
export interface Shelf {
  /** A message has come, visible or not. */
  add(entry: Entry): void;
  /** It has become visible. */
  show(entry: Entry): void;
  /** It was given, and now is gone or may be given again. */
  release(entry: Entry): void;
  /** Offers visible messages in order until so many were given. */
  offer(count: number, decide: (entry: Entry) => Decision): void;
  /** Whether there is a message to be given now. */
  hasReady(): boolean;
}

/** Looked at in one offer: the rest of many that leave the queue has its turn with the next. */
const mostOffered = 1_000;

/** Of a standard queue: what has waited longest, and what comes back behind all others. */
export class StandardShelf implements Shelf {
  readonly #visible = new Ring<Entry>();

  add(entry: Entry): void {
    if (entry.place === 'visible') this.#visible.push(entry);
  }

  show(entry: Entry): void {
    this.#visible.push(entry);
  }

  release(): void {}

  offer(count: number, decide: (entry: Entry) => Decision): void {
    for (let given = 0, seen = 0; given < count && seen < mostOffered && this.hasReady(); seen += 1) {
      const entry = this.#visible.shift();
      if (entry && decide(entry) === 'given') given += 1;
    }
  }

  hasReady(): boolean {
    while (this.#visible.size > 0 && this.#visible.at(0)?.place !== 'visible') this.#visible.shift();
    return this.#visible.size > 0;
  }
}

/** The messages of a group in the order in which they were sent. */
interface Group {
  readonly name: string;
  readonly entries: Ring<Entry>;
  /** How many of them somebody has. Until there are none no other is given. */
  out: number;
  /** Whether it stands among those that may be ready. */
  listed: boolean;
}

/** Of a FIFO queue: groups take turns, each gives its messages in order, and none while one of them is out. */
export class FifoShelf implements Shelf {
  readonly #groups = new Map<string, Group>();
  readonly #ready = new Ring<Group>();
  #seen = 0;

  add(entry: Entry): void {
    const group = this.#groupOf(entry);
    group.entries.push(entry);
    if (entry.place === 'leased') group.out += 1;
    this.#list(group);
  }

  show(entry: Entry): void {
    this.#list(this.#groupOf(entry));
  }

  release(entry: Entry): void {
    const group = this.#groupOf(entry);
    group.out -= 1;
    this.#list(group);
    this.#tidy(group);
  }

  offer(count: number, decide: (entry: Entry) => Decision): void {
    this.#seen = 0;
    for (let left = count; left > 0 && this.#seen < mostOffered && this.hasReady(); ) {
      const group = this.#ready.shift();
      if (!group) return;
      group.listed = false;
      left -= this.#offerOf(group, left, decide);
      this.#list(group);
      this.#tidy(group);
    }
  }

  hasReady(): boolean {
    for (let group = this.#ready.at(0); group; group = this.#ready.at(0)) {
      if (this.#isReady(group)) return true;
      this.#ready.shift();
      group.listed = false;
    }
    return false;
  }

  #offerOf(group: Group, count: number, decide: (entry: Entry) => Decision): number {
    let given = 0;
    for (let place = 0; given < count && this.#seen < mostOffered; place += 1, this.#seen += 1) {
      const entry = group.entries.at(place);
      if (!entry || entry.place === 'delayed') break;
      if (entry.place === 'gone' || decide(entry) === 'gone') continue;
      given += 1;
      group.out += 1;
    }
    return given;
  }

  #isReady(group: Group): boolean {
    this.#dropGone(group);
    return group.out === 0 && group.entries.at(0)?.place === 'visible';
  }

  #list(group: Group): void {
    if (group.listed || !this.#isReady(group)) return;
    group.listed = true;
    this.#ready.push(group);
  }

  #dropGone({ entries }: Group): void {
    while (entries.at(0)?.place === 'gone') entries.shift();
  }

  #tidy(group: Group): void {
    this.#dropGone(group);
    if (group.entries.size === 0 && !group.listed) this.#groups.delete(group.name);
  }

  #groupOf({ group: name = '' }: Entry): Group {
    const known = this.#groups.get(name);
    if (known) return known;
    const group: Group = { name, entries: new Ring(), out: 0, listed: false };
    this.#groups.set(name, group);
    return group;
  }
}
