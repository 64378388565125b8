import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom, uuidV7 } from '../../core/random.ts';
import { Authority } from '../../iam/index.ts';
import { DueWork, type Fact, Ledger, Outbox, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { HttpClient } from './endpoints/index.ts';
import type { EventSource } from './event-source.ts';
import {
  createEventsService,
  type EventsOperationName,
  type EventsService,
  eventsRecords,
  type ManagedRule,
} from './index.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const prefix = `arn:aws:events:${scope.region}:${scope.account}`;

const failed = (error: unknown): never => {
  throw error;
};

/** A call of another service that was made for a target. */
export interface MadeCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly at: number;
}

/** Seals nothing: what is sealed for a place only opens there. */
const fakeVault: Pick<Vault, 'seal' | 'open'> = {
  seal: (value, place) =>
    `1.0000000000000000.${Buffer.from(JSON.stringify([place, Buffer.from(value).toString()])).toString('base64')}`,
  open: (envelope, place) => {
    const [sealedFor, value] = JSON.parse(Buffer.from(envelope.slice(19), 'base64').toString()) as [string, string];
    if (sealedFor !== place) throw new Error('sealed for another place');
    return Buffer.from(value);
  },
};

/** Tells of executions: its event has the fact's status. */
const source: EventSource = {
  source: 'test.executions',
  detailTypeOf: ({ kind }) => (kind === 'execution' ? 'Execution' : undefined),
  async *eventsOf(facts) {
    for (const { sequence, fact } of facts) {
      const detail = { status: 'to' in fact ? fact.to : '' };
      const executionName = fact.kind === 'execution' ? fact.executionArn.split(':').at(-1) : undefined;
      yield { ...scope, sequence, index: 0, time: fact.at, resources: [], detail, executionName };
    }
  },
};

/** EventBridge on a memory store; calls of other services are noted, and answered by the test. */
export class EventsBench {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly calls: MadeCall[] = [];
  readonly logged: { readonly level: string; readonly details: object; readonly message: string }[] = [];
  managed: readonly ManagedRule[] = [];
  /** What calls are answered. @default nothing is wrong */
  answer: (call: MadeCall) => unknown = () => ({});
  /** What endpoints of HTTP answer. */
  send: HttpClient['send'] = async () => ({ status: 200, retryAfter: undefined, body: '' });
  readonly #sources: readonly EventSource[];
  readonly #authority: Authority;
  readonly #logger = this.#newLogger();
  ledger: Ledger;
  due: DueWork;
  outbox: Outbox;
  service: EventsService;

  private constructor(store: Store, sources: readonly EventSource[], authority: Authority) {
    this.store = store;
    this.#authority = authority;
    this.#sources = sources;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
    this.outbox = this.#newOutbox();
  }

  /** Made with the first event that is archived. */
  readonly directory = join(tmpdir(), `events-${uuidV7(0, new SystemRandom())}`);

  /** @param sources what tells of facts; by default the executions of the test */
  static async open(
    sources: readonly EventSource[] = [source],
    authority: Authority = new Authority(),
  ): Promise<EventsBench> {
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    const bench = new EventsBench(store, sources, authority);
    await bench.#begin();
    return bench;
  }

  /** Lets go of the files, and removes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.outbox.pause();
    this.due.pause();
    await this.service.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.outbox.pause();
    this.due.pause();
    await this.service.close();
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
    this.outbox = this.#newOutbox();
    await this.#begin();
    await this.settle();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call<Output = Record<string, unknown>>(
    name: EventsOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.definition.operations[name] as Operation<unknown, Output>;
    const own = { ...rootContext(scope, this.clock.now()), ...context };
    return callOperation(operation, input, own, () => this.settle());
  }

  /** Waits until what has been changed is durable and its effects have begun. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) {
      await this.store.settled();
      await nextTurn();
    }
  }

  /** Asks, whenever what is under way has moved on, until there is an answer: files are written meanwhile. */
  async until<Answer>(what: string, ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
    for (let turn = 0; turn < 20_000; turn += 1) {
      await this.settle();
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      await pause(1);
    }
    throw new Error(`waited in vain for: ${what}`);
  }

  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  /** Something happens. */
  async tell(...facts: readonly Fact[]): Promise<void> {
    this.ledger.transact((transaction) => {
      for (const fact of facts) this.outbox.append(transaction, fact);
    });
    await this.settle();
  }

  /** A rule with targets. */
  async rule(name: string, rule: object, ...targets: readonly object[]): Promise<void> {
    const { EventBusName } = rule as { readonly EventBusName?: string };
    await this.call('PutRule', { Name: name, ...rule });
    if (targets.length > 0) await this.call('PutTargets', { Rule: name, EventBusName, Targets: targets });
  }

  async put(...entries: readonly object[]) {
    return this.call<{ FailedEntryCount: number; Entries: Record<string, string>[] }>('PutEvents', {
      Entries: entries,
    });
  }

  async #begin(): Promise<void> {
    const loaded = await this.store.load();
    await this.ledger.fill(loaded.records);
    await this.service.open();
    this.outbox.open(loaded);
    this.due.open();
  }

  #newLedger(): Ledger {
    return new Ledger({ store: this.store, types: eventsRecords, onFailed: ({ error }) => failed(error) });
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: this.#logger });
  }

  #newOutbox(): Outbox {
    const { ledger, clock } = this;
    return new Outbox({ ledger, clock, logger: this.#logger, consumers: [this.service.consumer] });
  }

  #newLogger(): Logger {
    const log = (level: string) => (details: object, message: string) =>
      void this.logged.push({ level, details, message });
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  }

  #create(): EventsService {
    const { ledger, due, clock } = this;
    return createEventsService({
      ...{ ledger, due, clock, random: new SystemRandom(), logger: this.#logger },
      facts: { append: (transaction, fact) => this.outbox.append(transaction, fact) },
      invoke: async <Output>(service: string, operation: string, input: unknown, context: RequestContext) => {
        const call = { service, operation, input: input as MadeCall['input'], context, at: clock.now() };
        this.calls.push(call);
        const answer = this.answer(call);
        if (answer instanceof ServiceError) throw answer;
        return answer as Output;
      },
      whenHeard: () => this.outbox.whenHeard(),
      archiveDirectory: this.directory,
      vault: fakeVault,
      reach: 'any',
      httpClient: { send: (request, want, signal) => this.send(request, want, signal), close: () => {} },
      managedRules: ({ region }) => (region === scope.region ? this.managed : []),
      sources: this.#sources,
      baseUrl: () => 'http://server.test:9470/',
      authority: this.#authority,
    });
  }
}
