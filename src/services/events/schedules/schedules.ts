import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../../store/index.ts';
import { defaultBus } from '../names.ts';
import { type EventRuleRecord, eventRuleRecords, ruleKey } from '../records.ts';
import { latestSlot, parseSchedule, type Schedule, slotAfter } from './schedule.ts';

interface SchedulesOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hands the event of a slot to the targets of a rule, in the transaction that moves the schedule on. */
  readonly fire: (transaction: Transaction, rule: EventRuleRecord, slot: EpochMilliseconds) => void;
}

/** What is due: a slot of the schedule that the rule had then. */
interface Slot {
  readonly expression: string;
}

/**
 * Fires rules by their schedules. The next slot of each is a row of due work: it goes, with what it causes, in one transaction, so
 * that no slot is ever fired twice. Of slots that passed while nobody was there, the latest is fired.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #kind: DueKind<Slot>;

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#kind = {
      kind: 'eventsSchedule',
      atOnce: 50,
      perform: async ({ key, dueAt, body }) => this.#perform(key, dueAt, body),
    };
    options.due.register(this.#kind);
  }

  /** A rule was put in the place of another one, of none, or is gone: a schedule that goes on as it was keeps its next slot. */
  follow(transaction: Transaction, before: EventRuleRecord | undefined, after: EventRuleRecord | undefined): void {
    const [was, is] = [activeOf(before), activeOf(after)];
    const rule = after ?? before;
    if (was === is || !rule) return;
    const key = keyOf(rule);
    const schedule = is === undefined ? undefined : parseSchedule(is);
    const dueAt = schedule && slotAfter(schedule, this.#options.clock.now());
    if (is === undefined || dueAt === undefined) this.#options.due.delete(transaction, this.#kind, key);
    else this.#options.due.put(transaction, this.#kind, { key, dueAt, body: { expression: is } });
  }

  #perform(key: string, due: EpochMilliseconds, { expression }: Slot): DueOutcome<Slot> {
    const schedule = parseSchedule(expression);
    const rule = this.#find(key);
    if (!schedule || activeOf(rule) !== expression) return { kind: 'done' };
    const slot = this.#slotToFire(schedule, due, key);
    const next = slotAfter(schedule, slot);
    const consequence = (transaction: Transaction) => {
      // It may have been changed, or deleted, since.
      const now = this.#find(key);
      if (now && activeOf(now) === expression) this.#options.fire(transaction, now, slot);
    };
    return next === undefined ? { kind: 'done', consequence } : { kind: 'again', at: next, consequence };
  }

  #slotToFire(schedule: Schedule, due: EpochMilliseconds, key: string): EpochMilliseconds {
    const slot = latestSlot(schedule, due, this.#options.clock.now());
    if (slot !== due) {
      const details = { rule: key, missedFrom: new Date(due), firedFor: new Date(slot) };
      this.#options.logger.warn(details, 'a schedule missed slots; only the latest is fired');
    }
    return slot;
  }

  #find(key: string): EventRuleRecord | undefined {
    const [account, region, name] = key.split(' ');
    const scope = { account, region } as Scope;
    return this.#options.ledger.get(eventRuleRecords, scope, ruleKey({ bus: defaultBus, name: name ?? '' }));
  }
}

function keyOf({ account, region, name }: EventRuleRecord): string {
  return `${account} ${region} ${name}`;
}

/** The schedule that a rule follows; undefined if it has none or is disabled. */
function activeOf(rule: EventRuleRecord | undefined): string | undefined {
  return rule?.isEnabled ? rule.scheduleExpression : undefined;
}
