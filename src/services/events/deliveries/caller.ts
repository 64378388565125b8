import { nameOfArn, parseArn, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { type Outcome, outcomeOf } from '../../../core/delivery-outcome.ts';
import { derivedUuid } from '../../../core/derived-uuid.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Arn, Milliseconds } from '../../../core/ids.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Principal } from '../../../core/principal.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { type Authority, actionsOf, rolePrincipal, servicePrincipal } from '../../../iam/index.ts';
import { executionName, targetSession } from '../depth.ts';
import type { HttpCaller } from '../endpoints/index.ts';
import { ruleArn } from '../names.ts';
import type { StoredTarget } from '../records.ts';
import { type TargetKind, targetKind } from '../targets/index.ts';
import { submitJobRequest } from './batch-request.ts';
import type { BusGate } from './bus-gate.ts';
import { type Delivery, deliveryKey } from './delivery.ts';

interface TargetCallerOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** What addresses of queues begin with, without a slash at the end. */
  readonly baseUrl: () => string;
  readonly busGate: BusGate;
  /** Asked of what is no call of another service. */
  readonly authority: Authority;
  /** Who sends what API destinations are sent. */
  readonly http: HttpCaller;
}

/** Brings deliveries to what they are for: each is one call of another service, with an idempotency key of its own. */
export class TargetCaller {
  readonly #options: TargetCallerOptions;

  constructor(options: TargetCallerOptions) {
    this.#options = options;
  }

  /** Never throws. */
  async call(target: StoredTarget, delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const kind = targetKind(target.arn);
    if (kind === 'http') return this.#callHttp(target, delivery, signal);
    try {
      if (kind) await this.#calls[kind](target, delivery, signal);
      else throw new ServiceError('ResourceNotFoundException', `${target.arn} is none of this version's targets.`);
      return { kind: 'delivered' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Sends a delivery that was given up to its dead-letter queue. Never throws. */
  async callDead(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { dead, payload } = delivery;
    if (!dead) return { kind: 'delivered' };
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    const attributes = {
      RULE_ARN: text(ruleArn(delivery, delivery.rule, delivery.bus)),
      TARGET_ARN: text(delivery.targetArn),
      ERROR_CODE: text(dead.code),
      ERROR_MESSAGE: text(dead.message.slice(0, 1024) || 'unknown'),
      ...(dead.condition && { EXHAUSTED_RETRY_CONDITION: text(dead.condition) }),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(dead.retries) },
    };
    try {
      const input = { QueueUrl: this.#queueUrl(dead.queueArn), MessageBody: payload, MessageAttributes: attributes };
      await this.#invoke('sqs', 'SendMessage', input, { delivery, signal });
      return { kind: 'delivered' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  readonly #calls: Readonly<
    Record<
      Exclude<TargetKind, 'http'>,
      (target: StoredTarget, delivery: Delivery, signal: AbortSignal) => Promise<unknown>
    >
  > = {
    batch: (target, delivery, signal) =>
      this.#invoke('batch', 'SubmitJob', submitJobRequest(target, jsonOf(delivery)), { target, delivery, signal }),
    states: (target, delivery, signal) => this.#startExecution(target, delivery, signal),
    sns: ({ arn }, delivery, signal) =>
      this.#invoke('sns', 'Publish', { TopicArn: arn, Message: delivery.payload }, { delivery, signal }),
    sqs: ({ arn, messageGroupId }, delivery, signal) => {
      const order = messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId };
      const once = arn.endsWith('.fifo') ? { MessageDeduplicationId: derivedUuid(deliveryKey(delivery)) } : {};
      const input = { QueueUrl: this.#queueUrl(arn), MessageBody: delivery.payload, ...order, ...once };
      return this.#invoke('sqs', 'SendMessage', input, { delivery, signal });
    },
    lambda: ({ arn }, delivery, signal) => {
      const input = { FunctionName: arn, InvocationType: 'Event', Payload: delivery.payload };
      return this.#invoke('lambda', 'Invoke', input, { delivery, signal });
    },
    logs: (target, delivery, signal) => this.#putLogEvent(target, delivery, signal),
    // What a bus takes does not come this way.
    bus: async (target, delivery) => {
      throw this.#options.busGate.refusal(target, delivery);
    },
  };

  /** How long its receiver must be left alone after a call that begins now. */
  gapAfterNext({ arn }: StoredTarget): Milliseconds {
    return targetKind(arn) === 'http' ? this.#options.http.gapAfterNext(arn) : 0;
  }

  async #callHttp(target: StoredTarget, delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { arn } = target;
    const denial = this.#httpDenial(target, delivery);
    if (denial !== undefined) return { kind: 'refused', code: 'NO_PERMISSIONS', message: denial };
    const { payload, eventId, http: parameters = { path: [], headers: {}, query: {} } } = delivery;
    return this.#options.http.call({ arn, parameters, payload, eventId }, signal);
  }

  /** Why the target's role may not send to the API destination; undefined if it may. */
  #httpDenial(target: StoredTarget, delivery: Delivery): string | undefined {
    const { authority, clock } = this.#options;
    const principal = principalOf({ target, delivery }, [httpAction]);
    const call = { ...scopeOf(delivery), principal, source: eventsFor(delivery), now: clock.now() };
    const decision = authority.decide(call, [{ action: httpAction, resource: target.arn }]);
    return decision.kind === 'deny' ? decision.message : undefined;
  }

  async #startExecution(target: StoredTarget, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const name = executionName(delivery.eventId, delivery.depth, deliveryKey(delivery));
    const input = { stateMachineArn: target.arn, name, input: delivery.payload };
    try {
      await this.#invoke('states', 'StartExecution', input, { target, delivery, signal });
    } catch (error) {
      // An earlier try began it, and it has ended since.
      if (!(error instanceof ServiceError) || error.code !== 'ExecutionAlreadyExists') throw error;
    }
  }

  /** Without a transformer the event is the message; with one it says message and time. Each rule has a stream a day. */
  async #putLogEvent({ arn, transformer }: StoredTarget, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const logGroupName = (parseArn(arn)?.resource ?? '').replace(/^log-group:/, '').replace(/:\*$/, '');
    const day = new Date(delivery.firstAt).toISOString().slice(0, 10);
    const logStreamName = derivedUuid('log stream', ruleArn(delivery, delivery.rule, delivery.bus), day);
    const event = transformer ? logEventOf(delivery) : { timestamp: delivery.time, message: delivery.payload };
    const of = { delivery, signal };
    const put = async () => {
      const input = { logGroupName, logStreamName, logEvents: [event] };
      const { rejectedLogEventsInfo: rejected } = (await this.#invoke('logs', 'PutLogEvents', input, of)) as Put;
      if (rejected) throw new ServiceError('InvalidParameterException', 'Logs takes no event of that time.');
    };
    try {
      await put();
    } catch (error) {
      if (!(error instanceof ServiceError) || !/log stream/i.test(error.message)) throw error;
      await this.#createStream({ logGroupName, logStreamName }, of);
      await put();
    }
  }

  async #createStream(input: object, of: CallOf): Promise<void> {
    try {
      await this.#invoke('logs', 'CreateLogStream', input, of);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'ResourceAlreadyExistsException') throw error;
    }
  }

  #queueUrl(arn: string): string {
    const { account = '', resource = '' } = parseArn(arn) ?? {};
    return `${this.#options.baseUrl()}/${account}/${nameOfArn(resource)}`;
  }

  #invoke(service: string, operation: string, input: unknown, of: CallOf): Promise<unknown> {
    const { clock, random, invoke } = this.#options;
    const now = clock.now();
    return invoke(service, operation, input, {
      ...scopeOf(of.delivery),
      principal: principalOf(of, actionsOf(service, operation)),
      source: eventsFor(of.delivery),
      requestId: uuidV7(now, random),
      now,
      idempotencyKey: `events:${deliveryKey(of.delivery)}`,
      signal: of.signal,
    });
  }
}

/** What PutLogEvents says of events that it did not keep. */
interface Put {
  readonly rejectedLogEventsInfo?: object;
}

const httpAction = 'events:InvokeApiDestination';

interface CallOf {
  /** Whose role is assumed; absent: EventBridge calls in its own name. */
  readonly target?: StoredTarget;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

function principalOf({ target, delivery }: Omit<CallOf, 'signal'>, actions: readonly string[]): Principal {
  const { account, eventId, depth } = delivery;
  if (target?.roleArn === undefined) return servicePrincipal(account, 'events.amazonaws.com');
  const sessionName = targetSession(eventId, depth);
  const use = { kind: 'event-target', actions } as const;
  const borrower = eventsFor(delivery);
  return rolePrincipal({ account, roleArn: target.roleArn as Arn, sessionName, use, borrower });
}

/** EventBridge, on behalf of the delivery's rule: policies can tell by that who may deliver. */
function eventsFor(delivery: Delivery) {
  const arn = ruleArn(delivery, delivery.rule, delivery.bus);
  return { kind: 'service', service: 'events.amazonaws.com', arn } as const;
}

function jsonOf({ payload }: Delivery): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    throw new ServiceError('InvalidJson', 'What the target is sent is no JSON.');
  }
}

function logEventOf(delivery: Delivery): { readonly timestamp: number; readonly message: string } {
  const { timestamp, message } = (jsonOf(delivery) ?? {}) as { timestamp?: unknown; message?: unknown };
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : timestamp;
  if (typeof time !== 'number' || !Number.isSafeInteger(time) || message === undefined) {
    throw new ServiceError('InvalidJson', 'A log group is sent timestamp and message.');
  }
  return { timestamp: time, message: typeof message === 'string' ? message : JSON.stringify(message) };
}
