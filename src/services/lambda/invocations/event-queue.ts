import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import {
  type Change,
  DueLanes,
  type DueWork,
  defineRecord,
  idempotencyRecordKey,
  type LaneItem,
  type LaneTry,
  type Ledger,
  type Transaction,
} from '../../../store/index.ts';
import { type FunctionSettings, type Functions, functionArn } from '../functions.ts';
import { tooManyWaiting } from '../refusals.ts';
import type { CallService } from './call-service.ts';
import type { Invoker } from './invoker.ts';
import type { Invocation, InvocationOutcome } from './outcome.ts';

/** An event that waits for its function, written in its lane. */
interface WaitingEvent extends Omit<Invocation, 'key'> {
  readonly functionName: string;
  readonly sentAt: EpochMilliseconds;
}

const waitingEvents = defineRecord({ type: 'lambdaEvent', key: ({ requestId }: WaitingEvent) => requestId });

/** Whose lanes the events wait in. */
const of = 'lambda';
/** AWS's: a function that fails is tried twice more, one minute later and two after that. */
const retryDelays: readonly Milliseconds[] = [60_000, 120_000];
/** What is not the function's fault is tried again for six hours. */
const longestAge: Milliseconds = 21_600_000;
const longestDelay: Milliseconds = 300_000;
const atOnce = 200;
/** How long a repeat adds nothing: longer for a key of Step Functions, whose executions may run for a year and be redriven. */
const keyLifetime: Milliseconds = 24 * 60 * 60_000;
const statesKeyLifetime: Milliseconds = 370 * keyLifetime;
const mostWaiting = { items: 100_000, size: 1024 ** 3 };

interface EventQueueOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly call: CallService;
}

/**
 * Events whose callers do not wait: durable when they are taken, each is brought to its function at least once, and a second and
 * third time where that fails. Then it goes to the queue that the function has for it.
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #lanes: DueLanes;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    const { ledger, due, clock } = options;
    this.#lanes = new DueLanes({
      ...{ ledger, due, clock, of, kind: 'lambdaLane', longestWait: longestDelay },
      perLane: (lane) => this.#width(lane),
      total: atOnce,
      begin: (item, signal) => this.#begin(item, signal),
    });
  }

  /** Throws `TooManyRequestsException` if too many wait. A call with the same `idempotencyKey` adds nothing again. */
  async add(
    settings: FunctionSettings,
    { key: _, ...invocation }: Invocation,
    idempotencyKey: string | undefined,
  ): Promise<void> {
    const { ledger, clock } = this.#options;
    if (idempotencyKey !== undefined && (await this.#isAdded(invocation, idempotencyKey))) return;
    const { items, size } = await this.#lanes.waiting(invocation);
    if (items >= mostWaiting.items || size + invocation.event.length > mostWaiting.size) throw tooManyWaiting();
    const { account, region, requestId: key } = invocation;
    const lane = functionArn(invocation, settings.name);
    const dueAt = clock.now();
    const { text } = waitingEvents.toStored({ ...invocation, functionName: settings.name, sentAt: dueAt });
    ledger.transact((transaction) => {
      this.#lanes.put(transaction, [{ account, region, lane, key, dueAt, text }]);
      if (idempotencyKey !== undefined) transaction.add(this.#remembered(invocation, idempotencyKey));
    });
  }

  async #isAdded(scope: Scope, idempotencyKey: string): Promise<boolean> {
    const { ledger, clock } = this.#options;
    const stored = await ledger.store.reads.idempotency(scopeOf(scope), addKey(idempotencyKey));
    return stored !== undefined && stored.expiresAt > clock.now();
  }

  #remembered(scope: Scope, idempotencyKey: string): Change {
    const key = addKey(idempotencyKey);
    const lifetime = idempotencyKey.startsWith('states:') ? statesKeyLifetime : keyLifetime;
    const expiresAt = this.#options.clock.now() + lifetime;
    // The key names one delivery, or one try of a task: what it is made for is always the same.
    return { kind: 'idempotency.put', record: { ...scopeOf(scope), key, fingerprint: key, result: null, expiresAt } };
  }

  /** So many of a function at once. */
  #width(lane: string): number {
    const name = lane.slice(lane.lastIndexOf(':') + 1);
    return this.#options.functions.get(name)?.concurrency ?? 1;
  }

  #begin(item: LaneItem, signal: AbortSignal): LaneTry {
    return { gap: 0, over: this.#try(item, signal) };
  }

  async #try(item: LaneItem, signal: AbortSignal): Promise<'delivered' | 'failed'> {
    const { functions, invoker } = this.#options;
    const { account, region, key, text, tries } = item;
    const event = waitingEvents.fromStored({ account, region, type: waitingEvents.type, key, text });
    const settings = functions.get(event.functionName);
    if (!settings) return this.#giveUp(item, event, 'The function is not in the configuration any more.');
    try {
      const outcome = await invoker.invoke(settings, { ...event, key: `${key}:${tries}` }, signal);
      if (signal.aborted) return 'failed';
      if (!outcome.isError) return this.#done(item);
      return await this.#failed(item, event, outcome);
    } catch (error) {
      if (signal.aborted) return 'failed';
      if (!(error instanceof ServiceError)) throw error;
      return await this.#notRun(item, event, error);
    }
  }

  #done(item: LaneItem): 'delivered' {
    this.#transact((transaction) => transaction.add({ kind: 'lane.delete', of, key: item.key }));
    return 'delivered';
  }

  /** The function itself failed. */
  async #failed(item: LaneItem, event: WaitingEvent, { payload }: InvocationOutcome): Promise<'delivered' | 'failed'> {
    const delay = retryDelays[item.tries];
    if (delay === undefined) return this.#giveUp(item, event, payload);
    this.#again(item, this.#options.clock.now() + delay, item.tries + 1);
    // Its receiver is well: others need not wait for it.
    return 'delivered';
  }

  /** It could not be run, or too many of it run: that counts as no try of the function's. */
  async #notRun(item: LaneItem, event: WaitingEvent, error: ServiceError): Promise<'delivered' | 'failed'> {
    const { clock, logger } = this.#options;
    const now = clock.now();
    const { requestId, functionName } = event;
    logger.warn({ requestId, functionName, err: error }, 'a function could not be run for an event');
    const age = now - event.sentAt;
    if (age > longestAge) return this.#giveUp(item, event, `${error.code}: ${error.message}`);
    this.#again(item, now + Math.min(longestDelay, Math.max(1000, age)), item.tries);
    return 'failed';
  }

  #again({ key }: LaneItem, dueAt: EpochMilliseconds, tries: number): void {
    this.#transact((transaction) => transaction.add({ kind: 'lane.again', of, key, dueAt, tries }));
  }

  async #giveUp(item: LaneItem, event: WaitingEvent, words: string): Promise<'delivered' | 'failed'> {
    const { functions, logger, clock } = this.#options;
    const { requestId, functionName } = event;
    const queue = functions.get(functionName)?.deadLetterQueue;
    logger.warn({ requestId, functionName, reason: words.slice(0, 1024) }, 'an event of a function was given up');
    try {
      if (queue !== undefined) await this.#bury(event, queue, words);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      logger.error({ requestId, functionName, queue, err: error }, 'a dead letter of a function could not be sent');
      if (error.status >= 500) {
        this.#again(item, clock.now() + longestDelay, item.tries);
        return 'failed';
      }
    }
    return this.#done(item);
  }

  async #bury(event: WaitingEvent, queue: string, words: string): Promise<void> {
    const text = (value: string, DataType = 'String') => ({ DataType, StringValue: value });
    const [, , , , account, name] = queue.split(':');
    const input = {
      QueueUrl: `https://sqs.${event.region}.amazonaws.com/${account}/${name}`,
      MessageBody: event.event,
      MessageAttributes: {
        RequestID: text(event.requestId),
        ErrorCode: text('200', 'Number'),
        ErrorMessage: text(words.slice(0, 1024)),
      },
    };
    const key = `lambda:${event.requestId}:dead`;
    await this.#options.call(scopeOf(event), { service: 'sqs', operation: 'SendMessage', input, key });
  }

  #transact(change: (transaction: Transaction) => void): void {
    this.#options.ledger.transact(change);
  }
}

function addKey(idempotencyKey: string): string {
  return idempotencyRecordKey('lambda', 'Invoke', idempotencyKey);
}
