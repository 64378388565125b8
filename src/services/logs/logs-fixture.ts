import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { SegmentWriter } from '../../segments/index.ts';
import { DueWork, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { CountedPoints, FakeFunctions } from './filters/filters.fixture.ts';
import { createLogsService, type LogsLimits, type LogsService } from './index.ts';
import { logGroupRecords, logsRecords } from './records.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

type Definition = LogsService['definition'];
type Built = {
  [Name in keyof Definition['operations']]: Definition['operations'][Name] extends Operation<infer Input, infer Output>
    ? { readonly input: Input; readonly output: Output }
    : never;
};
type BuiltName = { [Name in keyof Built]: [Built[Name]] extends [never] ? never : Name }[keyof Built];

const failed = (error: unknown): never => {
  throw error;
};

/** A Logs service on a memory store and a temporary directory, and what tests do with it. */
export class LogsFixture implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly directory: string;
  readonly store: Store;
  readonly logged: { readonly level: string; readonly message: string }[] = [];
  readonly #limits: Partial<LogsLimits>;
  readonly #logger = {
    info: (fields: object, message: string) => void this.logged.push({ level: 'info', message, ...fields }),
    warn: (fields: object, message: string) => void this.logged.push({ level: 'warn', message, ...fields }),
    error: (fields: object, message: string) => void this.logged.push({ level: 'error', message, ...fields }),
  };
  /** What metric filters have made. */
  readonly points = new CountedPoints();
  /** What subscription filters have sent. */
  readonly functions = new FakeFunctions();
  ledger: Ledger;
  due: DueWork;
  service: LogsService;
  /** Of before a restart: what they hold open is closed in the end, and not by chance when memory is collected. */
  readonly #earlier: LogsService[] = [];

  private constructor(store: Store, limits: Partial<LogsLimits>) {
    this.store = store;
    this.#limits = limits;
    this.directory = mkdtempSync(join(tmpdir(), 'logs-'));
    this.ledger = new Ledger({ store, types: logsRecords, onFailed: ({ error }) => failed(error) });
    this.due = this.#createDue();
    this.service = this.#create();
  }

  static async open(limits: Partial<LogsLimits> = {}): Promise<LogsFixture> {
    return new LogsFixture(await withLead(openMemoryStore({ random: new SystemRandom() })), limits);
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.ledger = new Ledger({ store: this.store, types: logsRecords, onFailed: ({ error }) => failed(error) });
    await this.ledger.fill((await this.store.load()).records);
    this.#earlier.push(this.service);
    this.service.filters.pause();
    this.due.pause();
    this.due = this.#createDue();
    this.service = this.#create();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call<Name extends BuiltName>(name: Name, input: Built[Name]['input']): Promise<Built[Name]['output']> {
    const operation = this.service.definition.operations[name] as unknown as Operation<
      Built[Name]['input'],
      Built[Name]['output']
    >;
    return callOperation(operation, input, this.context(), () => this.store.settled());
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  /** What has been written is asked about by filters, and what they send is sent. */
  async filtered(): Promise<void> {
    await this.service.filters.idle();
    this.clock.advance(1_000);
    await this.service.filters.idle();
    await this.store.settled();
  }

  /** Gives turns until it is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await nextTurn();
  }

  /** A group and a stream in it, ready for PutLogEvents. */
  async stream(logGroupName = 'group', logStreamName = 'stream') {
    if (!this.ledger.get(logGroupRecords, scope, logGroupName)) await this.call('CreateLogGroup', { logGroupName });
    await this.call('CreateLogStream', { logGroupName, logStreamName });
    return { logGroupName, logStreamName };
  }

  /** Puts one event a message, a millisecond apart from now. */
  async put(names: { readonly logGroupName: string; readonly logStreamName: string }, messages: readonly string[]) {
    const logEvents = messages.map((message, index) => ({ message, timestamp: this.clock.now() + index }));
    return this.call('PutLogEvents', { ...names, logEvents });
  }

  /** Opens the stream of a task, and a writer as its runner has one. */
  async task(groupName: string, streamName: string, segmentBytes = 8 * 1024 * 1024) {
    const { stream } = this.ledger.transact((transaction) =>
      this.service.streams.open(transaction, scope, { groupName, streamName, createGroup: true }),
    );
    await this.store.settled();
    const directory = join(this.directory, stream);
    return { directory, writer: SegmentWriter.open(directory, { segmentBytes }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.due.close();
    for (const service of [...this.#earlier, this.service]) await service.close();
    await this.store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #createDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: this.#logger as never });
  }

  #create(): LogsService {
    return createLogsService({
      ledger: this.ledger,
      store: this.store,
      clock: this.clock,
      random: new SystemRandom(),
      logDirectory: this.directory,
      limits: { syncToMedium: false, ...this.#limits },
      logger: this.#logger,
      due: this.due,
      invoke: this.functions.invoke,
      metrics: () => this.points,
    });
  }
}

/** What an AWS error says, for `assert.rejects`. */
export function awsError(code: string, message: string | RegExp) {
  return (error: { readonly code?: string; readonly message: string }): boolean =>
    error.code === code && (typeof message === 'string' ? error.message === message : message.test(error.message));
}
