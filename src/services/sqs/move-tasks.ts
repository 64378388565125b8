import { scopeOf } from '../../core/arn.ts';
import type { DueItem, DueKind, DueOutcome, Transaction } from '../../store/index.ts';
import { readRest } from './contents.ts';
import type { QueueHouse } from './house.ts';
import type { HouseOptions } from './house-options.ts';
import type { Entry, MessageQueue } from './queue/index.ts';
import { queueOfArn } from './queues.ts';
import {
  type MoveTaskRecord,
  moveTaskRecords,
  type QueueRecord,
  queueArn,
  queueRecords,
  redriveOf,
} from './records.ts';

/** Messages that a task moves in one turn. */
const atOnce = 100;
/** The rate of a task that names none: as fast as it goes, in turns. */
const fastest = 500;
/** Tasks of a queue that are remembered. */
const remembered = 10;

type Place = Pick<MoveTaskRecord, 'account' | 'region' | 'id'>;

/** Tasks that move the messages of dead-letter queues: due work in turns, so that one goes on after a crash. */
export class MoveTasks implements DueKind<Place> {
  readonly kind = 'sqs.move';
  readonly atOnce = 4;
  readonly #options: HouseOptions;
  readonly #house: QueueHouse;

  constructor(options: HouseOptions, house: QueueHouse) {
    this.#options = options;
    this.#house = house;
    options.due.register(this);
  }

  start(task: MoveTaskRecord): void {
    const { ledger, due, clock } = this.#options;
    ledger.transact((transaction) => {
      const known = [...ledger.by(moveTaskRecords, task, 'queue', { value: task.queue })];
      for (const old of known.slice(0, Math.max(0, known.length - remembered + 1))) {
        transaction.delete(moveTaskRecords, old, old.id);
      }
      transaction.put(moveTaskRecords, task);
      due.put(transaction, this, { key: task.id, dueAt: clock.now(), body: { ...scopeOf(task), id: task.id } });
    });
  }

  async perform({ body }: DueItem<Place>): Promise<DueOutcome<Place>> {
    const { ledger, clock } = this.#options;
    const task = ledger.get(moveTaskRecords, body, body.id);
    if (task?.status !== 'RUNNING') return { kind: 'done' };
    const queue = ledger.get(queueRecords, task, task.queue);
    if (queue?.number !== task.number) return this.#end(task, 'FAILED', 'AWS.SimpleQueueService.NonExistentQueue');
    const rate = task.perSecond ?? fastest;
    const count = Math.min(atOnce, rate);
    const entries = this.#visible(queue, count);
    if (entries.length === 0) return this.#end(task, 'COMPLETED');
    const outcome = await this.#move(task, queue, entries);
    if (outcome !== undefined) return this.#end(task, 'FAILED', outcome);
    return { kind: 'again', at: clock.now() + Math.ceil((entries.length * 1_000) / rate) };
  }

  /** The front of a queue; each stays where it is until it is moved. */
  #visible(record: QueueRecord, count: number): readonly Entry[] {
    return this.#house.of(record).front(count);
  }

  /** Answers why it cannot go on. */
  async #move(task: MoveTaskRecord, queue: QueueRecord, entries: readonly Entry[]): Promise<string | undefined> {
    const { ledger } = this.#options;
    const contents = await this.#house.contents.find(entries.map(({ content }) => content));
    const messages = this.#house.of(queue);
    return ledger.transact((transaction) => {
      let moved = 0;
      let problem: string | undefined;
      for (const entry of entries) {
        const content = contents.get(entry.content);
        if (!messages.has(entry) || entry.place !== 'visible' || !content) continue;
        const arn = task.destinationArn ?? entry.source;
        const target = arn === undefined ? undefined : queueOfArn(ledger, arn);
        if (!target || (task.destinationArn === undefined && !sendsDeadLettersTo(target, queue))) {
          problem = target ? problemOf(undefined) : problemOf(arn);
          break;
        }
        this.#moveOne(transaction, messages, entry, { target, body: content.body, rest: content.rest });
        moved += 1;
      }
      const known = ledger.get(moveTaskRecords, task, task.id);
      if (known) transaction.put(moveTaskRecords, { ...known, moved: known.moved + moved });
      return problem;
    });
  }

  /** To its new queue it is a new message, with an id of its own. */
  #moveOne(
    transaction: Transaction,
    from: MessageQueue,
    entry: Entry,
    { target, body, rest }: { readonly target: QueueRecord; readonly body: string; readonly rest: string },
  ): void {
    const { attributes, sender, traceHeader, deduplicationId } = readRest(rest);
    this.#house.remove(transaction, from, entry);
    this.#house.resend(transaction, target, {
      message: {
        ...{ body, attributes, bytes: 0, delaySeconds: 0 },
        systemAttributes: traceHeader === undefined ? {} : { AWSTraceHeader: { type: 'String', value: traceHeader } },
        ...(entry.group !== undefined && { group: entry.group }),
        ...(deduplicationId !== undefined && { deduplicationId }),
      },
      sender,
    });
  }

  #end(task: MoveTaskRecord, status: 'COMPLETED' | 'FAILED', failureReason?: string): DueOutcome<Place> {
    const consequence = (transaction: Transaction) => {
      const known = this.#options.ledger.get(moveTaskRecords, task, task.id);
      if (known?.status !== 'RUNNING') return;
      transaction.put(moveTaskRecords, { ...known, status, ...(failureReason && { failureReason }) });
    };
    return { kind: 'done', consequence };
  }
}

/** Whether a queue still names another for its dead letters: of those alone was leave asked to send to them. */
function sendsDeadLettersTo({ attributes }: QueueRecord, queue: QueueRecord): boolean {
  return redriveOf(attributes)?.target === queueArn(queue);
}

function problemOf(arn: string | undefined): string {
  return arn === undefined ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue';
}
