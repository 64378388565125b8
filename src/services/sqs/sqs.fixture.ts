import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { Authority } from '../../iam/index.ts';
import { DueWork, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { createSqs, type SqsOperationName, type SqsService, sqsRecords } from './index.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

const failed = (error: unknown): never => {
  throw error;
};

/** A message as ReceiveMessage answers it. */
export interface Received {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

/** SQS on a memory store, by a clock that the test turns. */
export class SqsBench {
  readonly clock = new ManualClock();
  readonly store: Store;
  ledger: Ledger;
  due: DueWork;
  service: SqsService;

  readonly authority: Authority;

  private constructor(store: Store, authority: Authority) {
    this.store = store;
    this.authority = authority;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
  }

  static async open(authority: Authority = new Authority()): Promise<SqsBench> {
    const bench = new SqsBench(await withLead(openMemoryStore({ random: new SystemRandom() })), authority);
    await bench.service.fill();
    bench.due.open();
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.due.close();
    await this.store.close();
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.due.pause();
    this.service.dismissWaiting();
    await this.settle();
    this.ledger = this.#newLedger();
    await this.ledger.fill((await this.store.load()).records);
    this.due = this.#newDue();
    this.service = this.#create();
    await this.service.fill();
    this.due.open();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call<Output = Readonly<Record<string, string>>>(
    name: SqsOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.definition.operations[name] as Operation<unknown, Output>;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.store.settled());
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  /** A queue's URL. */
  async queue(QueueName: string, Attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await this.call('CreateQueue', { QueueName, Attributes })).QueueUrl ?? '';
  }

  async receive(QueueUrl: string, given: object = {}): Promise<readonly Received[]> {
    const input = { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'], ...given };
    return (await this.call<{ Messages?: Received[] }>('ReceiveMessage', input)).Messages ?? [];
  }

  /** Messages that are visible, out, and delayed. */
  async counts(QueueUrl: string): Promise<readonly number[]> {
    const input = { QueueUrl, AttributeNames: ['All'] };
    const { Attributes: all } = await this.call<{ Attributes: Record<string, string> }>('GetQueueAttributes', input);
    const kinds = ['', 'NotVisible', 'Delayed'];
    return kinds.map((kind) => Number(all[`ApproximateNumberOfMessages${kind}`]));
  }

  /** Lets time go by. */
  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await this.store.settled();
      await nextTurn();
    }
  }

  #newLedger(): Ledger {
    return new Ledger({ store: this.store, types: sqsRecords, onFailed: ({ error }) => failed(error) });
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: silentLogger });
  }

  #create(): SqsService {
    const { ledger, due, clock } = this;
    const baseUrl = () => 'http://server.test:9470/';
    return createSqs({ ledger, due, clock, random: new SystemRandom(), baseUrl, authority: this.authority });
  }
}
