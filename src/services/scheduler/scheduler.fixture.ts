import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { Authority } from '../../iam/index.ts';
import { DueWork, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import type { SchedulerOperationName } from './bindings.ts';
import { createScheduler, type MissedSlots, schedulerRecords } from './index.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const role = `arn:aws:iam::${scope.account}:role/runner`;

/** A call that was made for a schedule. */
export interface MadeCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

const quiet = () => {};
const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** EventBridge Scheduler on a memory store; calls of other services are noted, and answered by the test. */
export class SchedulerBench {
  readonly clock = new ManualClock();
  readonly calls: MadeCall[] = [];
  /** What calls are answered. @default nothing is wrong */
  answer: (call: MadeCall) => unknown = () => ({});
  missed: MissedSlots = 'latest';
  readonly #store: Store;
  ledger: Ledger;
  due: DueWork;
  service: ServiceDefinition<SchedulerOperationName>;

  private constructor(store: Store) {
    this.#store = store;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
  }

  static async open(): Promise<SchedulerBench> {
    const bench = new SchedulerBench(await withLead(openMemoryStore({ random: new SystemRandom() })));
    await bench.#begin();
    return bench;
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.due.pause();
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
    await this.#begin();
    await this.settle();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call(name: SchedulerOperationName, input: object): Promise<Record<string, unknown>> {
    const operation = this.service.operations[name] as Operation<unknown, Record<string, unknown>>;
    return callOperation(operation, input, rootContext(scope, this.clock.now()), () => this.settle());
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) {
      await this.#store.settled();
      await nextTurn();
    }
  }

  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  async #begin(): Promise<void> {
    await this.ledger.fill((await this.#store.load()).records);
    this.due.open();
  }

  #newLedger(): Ledger {
    const onFailed = ({ error }: { readonly error: unknown }): never => {
      throw error;
    };
    return new Ledger({ store: this.#store, types: schedulerRecords, onFailed });
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger });
  }

  #create(): ServiceDefinition<SchedulerOperationName> {
    const { ledger, due, clock, missed } = this;
    return createScheduler({
      ...{ ledger, due, clock, random: new SystemRandom(), logger, authority: new Authority(), missed },
      baseUrl: () => 'http://server.test:9470/',
      apis: {
        find: async (service, action) => {
          if (service !== 'batch' || action !== 'submitJob') return { kind: 'unheard-of' };
          const toInput = (input: object) => ({ input, unknown: [] });
          return { kind: 'call', service: 'batch', operation: 'SubmitJob', toInput };
        },
      },
      invoke: async <Output>(service: string, operation: string, input: unknown, context: RequestContext) => {
        const call = { service, operation, input: input as MadeCall['input'], context };
        this.calls.push(call);
        const answer = this.answer(call);
        if (answer instanceof ServiceError) throw answer;
        return answer as Output;
      },
    });
  }
}
