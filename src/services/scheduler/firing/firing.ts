import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import { slotFrom } from '../../../schedules/index.ts';
import type { DueItem, DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../../store/index.ts';
import { precision } from '../limits.ts';
import { scheduleArn } from '../names.ts';
import { type ScheduleRecord, scheduleKey, scheduleRecords } from '../records.ts';
import { afterMiss, type MissedSlots, timingOf } from './times.ts';

export type { MissedSlots } from './times.ts';

/** What is handed to the target of a schedule. */
export interface Fired {
  readonly schedule: ScheduleRecord;
  readonly slot: EpochMilliseconds;
  /** It has no other. */
  readonly isLast: boolean;
}

interface FiringOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly missed: MissedSlots;
  /** Whether more may wait for targets. */
  readonly hasRoom: (scope: Scope) => Promise<boolean>;
  /** Hands a slot to the target, in the transaction that moves the schedule on. */
  readonly fire: (transaction: Transaction, fired: Fired) => void;
}

/** What is due: a slot of a schedule as it was then. */
interface Slot {
  readonly slot: EpochMilliseconds;
  readonly of: string;
}

/**
 * Fires schedules. The next slot of each is a row of due work, drawn delay and all; it goes on in the transaction of what it causes, so
 * that no slot is lost, or fired twice, whatever the clock does.
 */
export class Firing {
  readonly #options: FiringOptions;
  readonly #kind: DueKind<Slot>;

  constructor(options: FiringOptions) {
    this.#options = options;
    this.#kind = { kind: 'schedulerSlot', atOnce: 50, perform: (item) => this.#perform(item) };
    options.due.register(this.#kind);
  }

  /** A schedule was put, whose times are new: what it waited for is forgotten. */
  begin(transaction: Transaction, schedule: ScheduleRecord, from: EpochMilliseconds): void {
    const { due } = this.#options;
    const slot = schedule.isEnabled ? slotFrom(timingOf(schedule), from) : undefined;
    if (slot === undefined) due.delete(transaction, this.#kind, keyOf(schedule));
    else due.put(transaction, this.#kind, this.#item(schedule, slot));
  }

  /** A schedule is gone. */
  end(transaction: Transaction, schedule: ScheduleRecord): void {
    this.#options.due.delete(transaction, this.#kind, keyOf(schedule));
  }

  async #perform({ key, dueAt, body }: DueItem<Slot>): Promise<DueOutcome<Slot>> {
    const schedule = this.#find(key);
    if (!schedule || timesOf(schedule) !== body.of) return { kind: 'done' };
    const { fire, from } = this.#slotToFire(schedule, dueAt, body.slot);
    const next = slotFrom(timingOf(schedule), from);
    const isLast = next === undefined;
    const hasRoom = fire === undefined || (await this.#hasRoom(schedule, fire));
    const consequence = (transaction: Transaction) => {
      const now = this.#find(key);
      // It may have been changed, or deleted, since.
      if (!now || timesOf(now) !== body.of) return;
      if (fire !== undefined && hasRoom) this.#options.fire(transaction, { schedule: now, slot: fire, isLast });
      if (isLast && now.deletesItself) transaction.delete(scheduleRecords, now, scheduleKey(now));
    };
    if (next === undefined) return { kind: 'done', consequence };
    const { dueAt: at, body: moved } = this.#item(schedule, next);
    return { kind: 'again', at, body: moved, consequence };
  }

  #slotToFire(schedule: ScheduleRecord, due: EpochMilliseconds, slot: EpochMilliseconds) {
    const { clock, missed, logger } = this.#options;
    const now = clock.now();
    if (now - due < precision) return { fire: slot, from: slot + 1 };
    const longestAge = (schedule.target.maximumAgeSeconds ?? 86_400) * 1000;
    const found = afterMiss({ timing: timingOf(schedule), slot, now, missed, longestAge });
    if (found.fire !== slot) {
      const firedFor = found.fire === undefined ? undefined : new Date(found.fire);
      const details = { schedule: scheduleArn(schedule, schedule), missedFrom: new Date(slot), firedFor };
      logger.warn(details, 'slots of a schedule were missed');
    }
    return found;
  }

  async #hasRoom(schedule: ScheduleRecord, slot: EpochMilliseconds): Promise<boolean> {
    const { hasRoom, logger } = this.#options;
    if (await hasRoom(schedule)) return true;
    const details = { schedule: scheduleArn(schedule, schedule), slot: new Date(slot) };
    logger.error(details, 'too much waits for targets of schedules; a slot is not fired');
    return false;
  }

  /** In a window a slot fires at a moment that is drawn once, and stored. */
  #item(schedule: ScheduleRecord, slot: EpochMilliseconds): DueItem<Slot> {
    const window: Milliseconds = (schedule.windowMinutes ?? 0) * 60_000;
    const opens = Math.max(slot, Math.min(this.#options.clock.now(), slot + window));
    const dueAt = opens + Math.floor(this.#draw() * (slot + window - opens));
    return { key: keyOf(schedule), dueAt, body: { slot, of: timesOf(schedule) } };
  }

  /** From 0 to less than 1. */
  #draw(): number {
    const [high = 0, middle = 0, low = 0] = this.#options.random.bytes(3);
    return (high * 65_536 + middle * 256 + low) / 2 ** 24;
  }

  #find(key: string): ScheduleRecord | undefined {
    const [account, region, group = '', name = ''] = key.split(' ');
    return this.#options.ledger.get(scheduleRecords, { account, region } as Scope, scheduleKey({ group, name }));
  }
}

function keyOf({ account, region, group, name }: ScheduleRecord): string {
  return `${account} ${region} ${group} ${name}`;
}

/** Tells the times of a schedule apart from those that it had before, or that another of its name had. */
function timesOf({ createdAt, revision, isEnabled }: ScheduleRecord): string {
  return `${createdAt} ${revision} ${isEnabled}`;
}
