import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { DueWork, type Fact, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { type CloudWatchOperationName, type CloudWatchService, cloudWatchRecords, createCloudWatch } from './index.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const topicArn = 'arn:aws:sns:us-east-1:123456789012:alarms';

const failed = (error: unknown): never => {
  throw error;
};

/** A call of another service. */
export interface MadeCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, string>>;
  readonly context: RequestContext;
}

/** CloudWatch on a memory store, by a clock that the test turns; calls of other services are noted. */
export class CloudWatchBench {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly calls: MadeCall[] = [];
  readonly facts: Fact[] = [];
  /** What calls are answered. @default nothing is wrong */
  answer: () => unknown = () => ({});
  mostBytes = 1024 ** 3;
  ledger: Ledger;
  due: DueWork;
  service: CloudWatchService;

  private constructor(store: Store) {
    this.store = store;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
  }

  static async open(): Promise<CloudWatchBench> {
    const bench = new CloudWatchBench(await withLead(openMemoryStore({ random: new SystemRandom() })));
    await bench.#begin();
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.alarms.close();
    await this.service.metrics.close();
    await this.due.close();
    await this.store.close();
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.service.alarms.pause();
    this.service.metrics.pause();
    this.due.pause();
    await this.settle();
    this.ledger = this.#newLedger();
    await this.ledger.fill((await this.store.load()).records);
    this.due = this.#newDue();
    this.service = this.#create();
    await this.#begin();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call<Output = Record<string, unknown>>(
    name: CloudWatchOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.definition.operations[name] as Operation<unknown, Output>;
    const own = { ...rootContext(scope, this.clock.now()), ...context };
    return callOperation(operation, input, own, () => this.settle());
  }

  /** Waits until what has been changed is durable, and what follows from it has been done. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) {
      await this.store.settled();
      await this.service.alarms.idle();
      await nextTurn();
    }
  }

  /** Lets time go by, second by second. */
  async advance(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 10) {
      this.clock.advance(Math.min(10, seconds - second) * 1_000);
      await this.settle();
    }
  }

  async #begin(): Promise<void> {
    await this.service.metrics.fill();
    this.service.metrics.open();
    this.service.alarms.open();
    this.due.open();
    await this.settle();
  }

  #newLedger(): Ledger {
    return new Ledger({ store: this.store, types: cloudWatchRecords, onFailed: (failure) => failed(failure.error) });
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: silentLogger });
  }

  #create(): CloudWatchService {
    const { ledger, due, clock, calls, facts, mostBytes } = this;
    return createCloudWatch({
      ...{ ledger, due, clock, mostBytes, random: new SystemRandom(), logger: silentLogger },
      facts: { append: (transaction, fact) => transaction.onCommitted(() => facts.push(fact)) },
      invoke: async <Output>(service: string, operation: string, input: unknown, context: RequestContext) => {
        calls.push({ service, operation, input: input as MadeCall['input'], context });
        return this.answer() as Output;
      },
    });
  }
}
