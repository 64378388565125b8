import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Collected, type CollectQuery, isWanted, type LookupPage, type Position } from '../../audit/index.ts';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { secondsText } from '../../core/seconds-text.ts';
import { type DueKind, DueWork, Ledger, openMemoryStore, type Store, withLead } from '../../store/index.ts';
import { Vault } from '../../vault/index.ts';
import type { DeliveredFile } from './delivery/file-store.ts';
import { cloudTrailRecords } from './records.ts';
import { type CloudTrailOperationName, createCloudTrail } from './service.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const minute = 60_000;

/** Records in memory, as the audit hands them on. */
class MemoryRecords {
  readonly texts: string[] = [];
  isBusy = false;
  wantsData: (service: string) => boolean = () => false;

  keepData(wanted: (service: string) => boolean): void {
    this.wantsData = wanted;
  }

  async lookUp(): Promise<LookupPage> {
    return { records: [] };
  }

  async end(): Promise<Position> {
    return { segment: 1, block: 0, record: this.texts.length };
  }

  async collect({ start, until, filter }: CollectQuery): Promise<Collected> {
    const next = until ?? (await this.end());
    const found = this.texts.slice(start.record, next.record).map((text) => ({ text, record: JSON.parse(text) }));
    const records = found
      .filter(({ record }) => isWanted(record, filter))
      .map(({ text, record }) => ({ region: record.awsRegion, time: record.eventTime, text }));
    return { records, next, isEnd: true };
  }
}

/** Counts what is being done. */
class CountedWork extends DueWork {
  underWay = 0;

  override register<Body>(kind: DueKind<Body>): void {
    const perform: DueKind<Body>['perform'] = async (item, signal) => {
      this.underWay += 1;
      try {
        return await kind.perform(item, signal);
      } finally {
        this.underWay -= 1;
      }
    };
    super.register({ ...kind, perform });
  }
}

/** CloudTrail on a memory store, with records and files in memory. */
export class CloudTrailBench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly records = new MemoryRecords();
  /** What was delivered last under each path. */
  readonly files = new Map<string, DeliveredFile>();
  /** How often anything was. */
  puts = 0;
  readonly published: unknown[] = [];
  readonly warnings: string[] = [];
  /** Rejects where a test lets it. */
  onPut: (file: DeliveredFile) => void | Promise<void> = () => {};
  onPublish: () => void = () => {};
  #hangs = false;
  readonly store: Store;
  readonly #directory: string;
  readonly #vault: Vault;
  ledger: Ledger;
  due: CountedWork;
  service: ServiceDefinition<CloudTrailOperationName>;

  private constructor(store: Store, directory: string, vault: Vault) {
    this.store = store;
    this.#directory = directory;
    this.#vault = vault;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
  }

  static async open(): Promise<CloudTrailBench> {
    const directory = mkdtempSync(join(tmpdir(), 'cloudtrail-'));
    const vault = new Vault({ directory, clock: new ManualClock(), random: new SystemRandom() });
    await vault.makeFirstKey();
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    const bench = new CloudTrailBench(store, directory, vault);
    bench.due.open();
    return bench;
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.due.pause();
    this.#hangs = false;
    this.ledger = this.#newLedger();
    this.due = this.#newDue();
    this.service = this.#create();
    await this.ledger.fill((await this.store.load()).records);
    this.due.open();
    await this.settle();
  }

  async call<Output = Record<string, unknown>>(
    name: CloudTrailOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.operations[name] as Operation<unknown, Output>;
    const own = { ...rootContext(scope, this.clock.now()), ...context };
    return callOperation(operation, input, own, () => this.store.settled());
  }

  /** A trail that logs. */
  async trail(Name: string, more: object = {}): Promise<void> {
    await this.call('CreateTrail', { Name, S3BucketName: 'the-bucket', ...more });
    await this.call('StartLogging', { Name });
  }

  /** Somebody calls something. */
  record(eventID: string, more: object = {}): void {
    const call = {
      ...{ eventID, eventTime: secondsText(this.clock.now()), awsRegion: scope.region, readOnly: false },
      ...{ eventSource: 'batch.amazonaws.com', eventName: 'SubmitJob', eventCategory: 'Management' },
      ...{ userIdentity: { type: 'Root' }, recipientAccountId: scope.account },
    };
    this.records.texts.push(JSON.stringify({ ...call, ...more }));
  }

  /** Waits until nothing is being done any more, or what is being done hangs where the test made it. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet += 1) {
      await this.store.settled();
      await nextTurn();
      if (this.due.underWay > 0 && !this.#hangs) quiet = 0;
    }
  }

  /** For `onPut`: nothing comes of it, until memory is forgotten. */
  hang(): Promise<void> {
    this.#hangs = true;
    return new Promise(() => {});
  }

  async advance(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 1) {
      this.clock.advance(minute);
      await this.settle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.due.pause();
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #newLedger(): Ledger {
    const onFailed = ({ error }: { readonly error: unknown }) => {
      throw error;
    };
    return new Ledger({ store: this.store, types: cloudTrailRecords, onFailed });
  }

  #newDue(): CountedWork {
    return new CountedWork({ ledger: this.ledger, clock: this.clock, logger: this.#logger });
  }

  get #logger(): Logger {
    const warn = (_details: object, words: string) => void this.warnings.push(words);
    return { debug: () => {}, info: () => {}, warn, error: warn };
  }

  #create(): ServiceDefinition<CloudTrailOperationName> {
    return createCloudTrail({
      ...{ ledger: this.ledger, due: this.due, clock: this.clock, random: new SystemRandom(), vault: this.#vault },
      logger: this.#logger,
      audit: this.records,
      every: 5 * minute,
      digestEvery: 60 * minute,
      files: {
        put: async (file) => {
          await this.onPut(file);
          this.puts += 1;
          this.files.set(`${file.bucket}/${file.object}`, file);
        },
      },
      invoke: async <Output>(_service: string, _operation: string, input: unknown) => {
        this.onPublish();
        this.published.push(input);
        return {} as Output;
      },
    });
  }
}
