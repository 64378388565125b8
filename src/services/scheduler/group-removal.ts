import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../store/index.ts';
import type { Firing } from './firing/index.ts';
import { type ScheduleGroupRecord, scheduleGroupRecords, scheduleKey, scheduleRecords } from './records.ts';

/** Schedules that go in one transaction. */
const slice = 200;

interface GroupRemovalOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly firing: Firing;
}

/** Deletes groups with their schedules, a slice at a time; a crash goes on where it was. */
export class GroupRemoval {
  readonly #options: GroupRemovalOptions;
  readonly #kind: DueKind<null>;

  constructor(options: GroupRemovalOptions) {
    this.#options = options;
    this.#kind = { kind: 'schedulerGroupRemoval', atOnce: 4, perform: ({ key }) => this.#perform(key) };
    options.due.register(this.#kind);
  }

  begin(transaction: Transaction, group: ScheduleGroupRecord): void {
    const { due, clock } = this.#options;
    transaction.put(scheduleGroupRecords, { ...group, isDeleting: true, changedAt: clock.now() });
    const key = `${group.account} ${group.region} ${group.name}`;
    due.put(transaction, this.#kind, { key, dueAt: clock.now(), body: null });
  }

  async #perform(key: string): Promise<DueOutcome<null>> {
    const { clock } = this.#options;
    const [account, region, name = ''] = key.split(' ');
    const scope = { account, region } as Scope;
    // Requests have a turn between two slices.
    await nextTurn();
    const left = this.#options.ledger.countBy(scheduleRecords, scope, 'group', name);
    const consequence = (transaction: Transaction) => this.#removeSlice(transaction, scope, name);
    return left > slice ? { kind: 'again', at: clock.now(), consequence } : { kind: 'done', consequence };
  }

  /** Nothing is put in a group that is being deleted: what is left over becomes less. */
  #removeSlice(transaction: Transaction, scope: Scope, name: string): void {
    const { ledger, firing } = this.#options;
    if (!ledger.get(scheduleGroupRecords, scope, name)?.isDeleting) return;
    const isLast = ledger.countBy(scheduleRecords, scope, 'group', name) <= slice;
    const found = ledger.by(scheduleRecords, scope, 'group', { value: name });
    const schedules = Array.from({ length: slice }, () => found.next().value ?? []).flat();
    for (const schedule of schedules) {
      transaction.delete(scheduleRecords, schedule, scheduleKey(schedule));
      firing.end(transaction, schedule);
    }
    if (isLast) transaction.delete(scheduleGroupRecords, scope, name);
  }
}
