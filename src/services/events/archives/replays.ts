import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { firstPosition, type SegmentPosition, type SegmentReader } from '../../../segments/index.ts';
import type {
  BusEventFact,
  DueItem,
  DueKind,
  DueOutcome,
  DueWork,
  FactLog,
  Ledger,
  Transaction,
} from '../../../store/index.ts';
import { hasBus } from '../buses.ts';
import { type ArchivedEvent, fromArchived } from './archived-event.ts';
import type { Archives } from './archives.ts';
import { type EventReplayRecord, eventArchiveRecords, eventReplayRecords } from './records.ts';

/** What one step puts on a bus, and reads of an archive, at most: others have their turn between. */
const step = { events: 100, characters: 1_048_576, bytesRead: 4 * 1_048_576 } as const;
/** Ids of events that a replay has put on its bus and knows: one that was archived twice is put there once. */
const mostIds = 100_000;
/** AWS keeps what it tells of a replay for so long. */
const keptFor = 90 * 86_400_000;
/** Until a replay goes on for whose events there was no room. */
const pause = 5_000;

export interface ReplaysOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly archives: Archives;
  /** Whether more may wait for targets in a scope. */
  readonly hasRoom: (scope: Scope) => Promise<boolean>;
  /** Whether any rule of a bus could take an event of this source and type. */
  readonly isWanted: (scope: Scope, bus: string, source: string, detailType: string) => boolean;
  /** Resolves when all that was put on buses so far has been brought to the rules there. */
  readonly whenHeard: () => Promise<void>;
}

/** How far a replay has come. */
interface Progress {
  readonly position: SegmentPosition;
}

/** What a step has read. */
interface Found {
  readonly events: readonly ArchivedEvent[];
  readonly position: SegmentPosition;
  readonly isEnd: boolean;
  /** Why a replay lacks some events. */
  readonly missing: string | undefined;
}

const reasons = {
  damaged: 'Some events of the archive are damaged and were left out.',
  unknown: 'Some events of the archive were written by another version of Batchyard and were left out.',
} as const;

const overStates: readonly string[] = ['COMPLETED', 'CANCELLED', 'FAILED'];

/** Whether nothing more will come of a replay. */
export function isOver({ state }: EventReplayRecord): boolean {
  return overStates.includes(state);
}

/**
 * Puts events of archives on their buses again, a hundred at a time: the place in the archive and what was put move in one
 * transaction, so that a crash neither loses nor repeats any. The next hundred waits until the rules have had the last.
 */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #kind: DueKind<Progress>;
  readonly #seen = new Map<string, Set<string>>();

  constructor(options: ReplaysOptions) {
    this.#options = options;
    this.#kind = {
      kind: 'eventsReplay',
      atOnce: 10,
      perform: (item, signal) => this.#perform(item, signal),
    };
    options.due.register(this.#kind);
  }

  start(transaction: Transaction, replay: EventReplayRecord): void {
    const body = { position: firstPosition };
    transaction.put(eventReplayRecords, replay);
    this.#options.due.put(transaction, this.#kind, { key: keyOf(replay), dueAt: this.#options.clock.now(), body });
  }

  async #perform({ key, body }: DueItem<Progress>, signal: AbortSignal): Promise<DueOutcome<Progress>> {
    const replay = this.#find(key);
    if (!replay) return { kind: 'done' };
    if (isOver(replay)) return this.#forget(replay);
    if (replay.state === 'CANCELLING') return this.#end(replay, 'CANCELLED');
    const { ledger, clock } = this.#options;
    const archive = ledger.get(eventArchiveRecords, scopeOf(replay), replay.archive);
    if (archive?.id !== replay.archiveId) return this.#end(replay, 'FAILED', 'The archive was deleted.');
    if (!hasBus(ledger, replay, replay.bus)) return this.#end(replay, 'FAILED', 'The event bus was deleted.');
    await either(this.#options.whenHeard(), signal);
    if (!(await this.#options.hasRoom(scopeOf(replay)))) return { kind: 'again', at: clock.now() + pause };
    const found = await this.#read(replay, body.position);
    return this.#put(replay, found);
  }

  /** Gathers what belongs to the replay, from a position on. */
  async #read(replay: EventReplayRecord, position: SegmentPosition): Promise<Found> {
    const { archives, ledger, logger } = this.#options;
    const archive = ledger.get(eventArchiveRecords, scopeOf(replay), replay.archive);
    if (!archive) return { events: [], position, isEnd: false, missing: undefined };
    let missing: string | undefined;
    const onDamage = (words: string) => {
      missing = reasons.damaged;
      logger.error({ archive: archive.name, replay: replay.name }, words);
    };
    const range = { position, from: replay.from, to: replay.to + 1 };
    const reader = archives.files.reader(archive.id, archives.segmentsOf(archive), range, onDamage);
    const leaveOut = () => {
      missing = reasons.unknown;
    };
    const { events, isEnd } = await gather(reader, archives.keptSince(archive), this.#seenBy(replay), leaveOut);
    if (missing === reasons.unknown) logger.error({ archive: archive.name, replay: replay.name }, missing);
    return { events, position: reader.position, isEnd, missing };
  }

  #put(replay: EventReplayRecord, { events, position, isEnd, missing }: Found): DueOutcome<Progress> {
    const { clock, facts } = this.#options;
    const now = clock.now();
    const last = events.at(-1)?.time ?? replay.lastReplayed;
    const progressed: EventReplayRecord = {
      ...replay,
      ...{ state: isEnd ? 'COMPLETED' : 'RUNNING' },
      ...(last === undefined ? {} : { lastReplayed: last }),
      ...(missing === undefined ? {} : { stateReason: missing }),
      ...(isEnd ? { endedAt: now } : {}),
    };
    const consequence = (transaction: Transaction) => {
      const present = this.#find(keyOf(replay));
      if (!present) return;
      for (const event of events.filter((each) => this.#isWanted(replay, each))) {
        facts.append(transaction, factOf(replay, event, now));
      }
      // It may have been cancelled meanwhile: these are the last ones then.
      const state = present.state === 'CANCELLING' && !isEnd ? 'CANCELLING' : progressed.state;
      transaction.put(eventReplayRecords, { ...progressed, state });
      if (isEnd) this.#seen.delete(keyOf(replay));
    };
    return { kind: 'again', at: isEnd ? now + keptFor : now, body: { position }, consequence };
  }

  #isWanted(replay: EventReplayRecord, { source, detailType }: ArchivedEvent): boolean {
    return this.#options.isWanted(scopeOf(replay), replay.bus, source, detailType);
  }

  #end(replay: EventReplayRecord, state: 'CANCELLED' | 'FAILED', stateReason?: string): DueOutcome<Progress> {
    const endedAt = this.#options.clock.now();
    this.#seen.delete(keyOf(replay));
    const consequence = (transaction: Transaction) =>
      transaction.put(eventReplayRecords, {
        ...replay,
        ...{ state, endedAt },
        ...(stateReason === undefined ? {} : { stateReason }),
      });
    return { kind: 'again', at: endedAt + keptFor, consequence };
  }

  #forget(replay: EventReplayRecord): DueOutcome<Progress> {
    const goesAt = (replay.endedAt ?? replay.startedAt) + keptFor;
    if (goesAt > this.#options.clock.now()) return { kind: 'again', at: goesAt };
    const consequence = (transaction: Transaction) =>
      transaction.delete(eventReplayRecords, scopeOf(replay), replay.name);
    return { kind: 'done', consequence };
  }

  #seenBy(replay: EventReplayRecord): Set<string> {
    const key = keyOf(replay);
    const seen = this.#seen.get(key) ?? new Set<string>();
    this.#seen.set(key, seen);
    return seen;
  }

  #find(key: string): EventReplayRecord | undefined {
    const [account, region, name = ''] = key.split(' ');
    return this.#options.ledger.get(eventReplayRecords, { account, region } as Scope, name);
  }
}

async function gather(
  reader: SegmentReader,
  keptSince: EpochMilliseconds,
  seen: Set<string>,
  leaveOut: () => void,
): Promise<Pick<Found, 'events' | 'isEnd'>> {
  const events: ArchivedEvent[] = [];
  let characters = 0;
  while (events.length < step.events && characters < step.characters && reader.bytesRead < step.bytesRead) {
    const record = reader.take();
    if (!record) {
      if ((await reader.fill()) === 'end') return { events, isEnd: true };
      continue;
    }
    const event = fromArchived(record.payload);
    if (!event) {
      leaveOut();
      continue;
    }
    if (event.archivedAt < keptSince || seen.has(event.id)) continue;
    remember(seen, event.id);
    events.push(event);
    characters += event.detail.length;
  }
  return { events, isEnd: false };
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  if (seen.size <= mostIds) return;
  const [oldest] = seen;
  if (oldest !== undefined) seen.delete(oldest);
}

function factOf(replay: EventReplayRecord, event: ArchivedEvent, at: EpochMilliseconds): BusEventFact {
  const { name, rules, bus } = replay;
  const { id: eventId, source, detailType, time, resources, detail, depth } = event;
  return {
    ...scopeOf(replay),
    ...{ kind: 'busEvent', at, eventId, bus, source, detailType, time, resources, detail, depth },
    origin: scopeOf(event),
    replay: { name, ...(rules && { rules }) },
  };
}

/** Resolves with the work, or when it is given up. */
function either(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    work.then(resolve, reject);
  });
}

function keyOf({ account, region, name }: EventReplayRecord): string {
  return `${account} ${region} ${name}`;
}
