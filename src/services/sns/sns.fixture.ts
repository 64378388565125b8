import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { SystemRandom } from '../../core/random.ts';
import { DueWork, Ledger, openMemoryStore, type Store, type Transaction, withLead } from '../../store/index.ts';
import type { DeliveryLimits, Mailer, PostOutcome, PostRequest } from './deliveries/index.ts';
import { createSnsService, type SnsOperationName, type SnsService } from './index.ts';
import type { QueueDelivery } from './queue-deliveries.ts';
import { deliveryBodies, snsRecords } from './records.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

const failed = (error: unknown): never => {
  throw error;
};

/** A POST that waits for the test to say what became of it. */
export interface WaitingPost extends PostRequest {
  readonly at: number;
  readonly signal: AbortSignal;
  end(outcome: PostOutcome): Promise<void>;
}

/** A message that was put into a queue. */
type QueuedMessage = Parameters<QueueDelivery['deliver']>[2] & { readonly queueArn: string };

/** A mail that was given to a mailer. */
type SentMail = Parameters<Mailer['send']>[0];

/** An SNS service on a memory store, whose POSTs the test answers. */
export class SnsBench {
  /** What queues were sent, and have. */
  readonly queued: QueuedMessage[] = [];
  /** Why a queue takes nothing. @default each takes everything */
  refusalOf: (queueArn: string) => string | undefined = () => undefined;
  readonly mails: SentMail[] = [];
  /** What becomes of mails. @default each is taken */
  mailOutcome: (mail: SentMail) => PostOutcome = () => ({ kind: 'delivered' });
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly posts: WaitingPost[] = [];
  readonly logged: { readonly level: string; readonly message: string }[] = [];
  readonly #limits: Partial<DeliveryLimits>;
  readonly #logger = this.#newLogger();
  ledger: Ledger;
  due: DueWork;
  service: SnsService;

  private constructor(store: Store, limits: Partial<DeliveryLimits>) {
    this.store = store;
    this.#limits = limits;
    this.ledger = new Ledger({ store, types: snsRecords, onFailed: ({ error }) => failed(error) });
    this.due = this.#newDue();
    this.service = this.#create();
    this.open();
  }

  static async open(limits: Partial<DeliveryLimits> = {}, store?: Store): Promise<SnsBench> {
    return new SnsBench(store ?? (await withLead(openMemoryStore({ random: new SystemRandom() }))), limits);
  }

  open(): void {
    this.service.open();
    this.due.open();
  }

  pause(): void {
    this.service.pause();
    this.due.pause();
  }

  /** Forgets everything in memory without a farewell, as a crash does, and begins anew from the store. */
  async restart(): Promise<void> {
    this.pause();
    this.posts.length = 0;
    this.ledger = new Ledger({ store: this.store, types: snsRecords, onFailed: ({ error }) => failed(error) });
    await this.ledger.fill((await this.store.load()).records);
    this.due = this.#newDue();
    this.service = this.#create();
    this.open();
    await this.settle();
  }

  /** Calls an operation as the gateway does: parsed, handled, durable. */
  async call<Output = Readonly<Record<string, string>>>(
    name: SnsOperationName,
    input: object,
    context: Partial<RequestContext> = {},
  ): Promise<Output> {
    const operation = this.service.definition.operations[name] as Operation<unknown, Output>;
    return callOperation(operation, input, { ...this.context(), ...context }, () => this.settle());
  }

  context(): RequestContext {
    return rootContext(scope, this.clock.now());
  }

  /** Waits until what has been changed is durable and its effects have begun. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await this.store.settled();
      await nextTurn();
    }
  }

  /** Lets time go by. */
  async advance(duration: number): Promise<void> {
    this.clock.advance(duration);
    await this.settle();
  }

  /** A topic and a confirmed subscription to it; raw, so that a POST's body is the message. */
  async subscribed(name = 'topic', attributes: Record<string, string> = {}, endpoint = 'http://one.test/') {
    const { TopicArn = '' } = await this.call('CreateTopic', { Name: name });
    const Attributes = { RawMessageDelivery: 'true', ...attributes };
    const given = { TopicArn, Protocol: 'http', Endpoint: endpoint, ReturnSubscriptionArn: true, Attributes };
    const { SubscriptionArn = '' } = await this.call('Subscribe', given);
    const asked = this.posts.pop();
    await asked?.end({ kind: 'delivered' });
    const { Token } = JSON.parse(asked?.body ?? '{}');
    await this.call('ConfirmSubscription', { TopicArn, Token });
    return { TopicArn, SubscriptionArn };
  }

  /** What waits to be delivered to an endpoint. */
  async waiting(lane = 'http://one.test/') {
    const items = await this.store.reads.laneItems({ of: 'sns', lane, limit: 100 });
    return items.map((item) => ({ ...deliveryBodies.fromStored({ ...item, type: 'delivery' }), tries: item.tries }));
  }

  #newDue(): DueWork {
    return new DueWork({ ledger: this.ledger, clock: this.clock, logger: this.#logger });
  }

  #newLogger(): Logger {
    const log = (level: string) => (_details: object, message: string) => void this.logged.push({ level, message });
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  }

  #create(): SnsService {
    return createSnsService({
      ledger: this.ledger,
      due: this.due,
      clock: this.clock,
      random: new SystemRandom(),
      logger: this.#logger,
      account: scope.account,
      baseUrl: () => 'http://server.test:9470/',
      limits: this.#limits,
      queues: { deliver: (transaction, queueArn, message) => this.#enqueue(transaction, queueArn, message) },
      mailer: {
        send: async (mail) => {
          this.mails.push(mail);
          return this.mailOutcome(mail);
        },
        close: () => undefined,
      },
      poster: { post: (request, signal) => this.#post(request, signal), close: () => {} },
    });
  }

  #enqueue(transaction: Transaction, queueArn: string, message: Omit<QueuedMessage, 'queueArn'>) {
    const code = this.refusalOf(queueArn);
    if (code !== undefined) return { kind: 'refused', code, message: 'not today' } as const;
    transaction.onCommitted(() => this.queued.push({ queueArn, ...message }));
    return { kind: 'delivered', messageId: '' } as const;
  }

  #post(request: PostRequest, signal: AbortSignal): Promise<PostOutcome> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failed', reason: 'aborted' }));
      const end = (outcome: PostOutcome) => {
        resolve(outcome);
        return this.settle();
      };
      this.posts.push({ ...request, at: this.clock.now(), signal, end });
    });
  }
}
