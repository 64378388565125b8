import { nameOfArn, parseArn, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { type Outcome, outcomeOf } from '../../../core/delivery-outcome.ts';
import { derivedUuid } from '../../../core/derived-uuid.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Arn } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { actionsOf, rolePrincipal } from '../../../iam/index.ts';
import { scheduleArn } from '../names.ts';
import { schedulerFor } from '../roles.ts';
import { type ApiDirectory, type TargetKind, targetKind, universalCall } from '../targets/index.ts';
import { deadLetter } from './dead-letter.ts';
import { executionId, type Invocation, invocationKey } from './invocation.ts';
import { payloadOf } from './payload.ts';

/** Calls an operation of another service, as `OperationRegistry.invoke` does. */
export type Invoke = <Output>(
  service: string,
  operation: string,
  input: unknown,
  context: RequestContext,
) => Promise<Output>;

interface TargetCallerOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly apis: ApiDirectory;
  /** What addresses of queues begin with, without a slash at the end. */
  readonly baseUrl: () => string;
}

/** A try of an invocation. */
interface Try {
  readonly invocation: Invocation;
  readonly payload: string;
  readonly signal: AbortSignal;
}

/** What became of a try, with the code of the service that refused it. */
export type Tried = Outcome;

/** Calls targets, each as a session of its role and with an idempotency key of the invocation. */
export class TargetCaller {
  readonly #options: TargetCallerOptions;

  constructor(options: TargetCallerOptions) {
    this.#options = options;
  }

  /** Never throws. */
  async call(invocation: Invocation, attempt: number, signal: AbortSignal): Promise<Tried> {
    const kind = targetKind(invocation.target.arn);
    return triedTo(async () => {
      const it = { invocation, payload: payloadOf(invocation, attempt), signal };
      if (kind === undefined) throw noSuchTarget(invocation);
      await this.#calls[kind](it);
    });
  }

  /** Sends an invocation that was given up to its dead-letter queue. Never throws. */
  async callDead(invocation: Invocation, signal: AbortSignal): Promise<Tried> {
    const { dead } = invocation;
    if (!dead) return { kind: 'delivered' };
    const payload = payloadOf(invocation, dead.retries + 1);
    return triedTo(() => {
      const input = { QueueUrl: this.#queueUrl(dead.queueArn), ...deadLetter(invocation, dead, payload) };
      return this.#invoke('sqs', 'SendMessage', input, { invocation, payload, signal });
    });
  }

  readonly #calls: Readonly<Record<TargetKind, (it: Try) => Promise<unknown>>> = {
    sqs: (it) => {
      const { arn, messageGroupId } = it.invocation.target;
      const order = messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId };
      return this.#invoke(
        'sqs',
        'SendMessage',
        { QueueUrl: this.#queueUrl(arn), MessageBody: it.payload, ...order },
        it,
      );
    },
    sns: (it) => this.#invoke('sns', 'Publish', { TopicArn: it.invocation.target.arn, Message: it.payload }, it),
    states: (it) => this.#startExecution(it),
    bus: (it) => this.#putEvent(it),
    lambda: (it) => {
      const input = { FunctionName: it.invocation.target.arn, InvocationType: 'Event', Payload: it.payload };
      return this.#invoke('lambda', 'Invoke', input, it);
    },
    universal: (it) => this.#callUniversal(it),
  };

  async #startExecution(it: Try): Promise<void> {
    const { invocation, payload } = it;
    const name = derivedUuid(invocationKey(invocation));
    const input = { stateMachineArn: invocation.target.arn, name, input: payload };
    try {
      await this.#invoke('states', 'StartExecution', input, it);
    } catch (error) {
      // An earlier try began it, and it has ended since.
      if (!(error instanceof ServiceError) || error.code !== 'ExecutionAlreadyExists') throw error;
    }
  }

  async #putEvent(it: Try): Promise<void> {
    const { invocation, payload } = it;
    const { arn, event } = invocation.target;
    const entry = {
      ...{ EventBusName: arn, Source: event?.source, DetailType: event?.detailType, Detail: payload },
      Resources: [scheduleArn(invocation, invocation)],
    };
    const { Entries = [] } = (await this.#invoke('events', 'PutEvents', { Entries: [entry] }, it)) as PutEvents;
    const { ErrorCode: code, ErrorMessage: message = '' } = Entries[0] ?? {};
    if (code !== undefined) throw new ServiceError(code, message);
  }

  async #callUniversal(it: Try): Promise<void> {
    const named = universalCall(it.invocation.target.arn);
    const api = named && (await this.#options.apis.find(named.service, named.action));
    if (api?.kind !== 'call') throw noSuchTarget(it.invocation);
    const { input } = api.toInput(objectOf(it.payload));
    await this.#invoke(api.service, api.operation, input, it);
  }

  #queueUrl(arn: string): string {
    const { account = '', resource = '' } = parseArn(arn) ?? {};
    return `${this.#options.baseUrl()}/${account}/${nameOfArn(resource)}`;
  }

  #invoke(service: string, operation: string, input: object, { invocation, signal }: Try): Promise<unknown> {
    const { clock, random, invoke } = this.#options;
    const now = clock.now();
    const { account, target } = invocation;
    const source = schedulerFor(invocation, invocation.group);
    const use = { kind: 'schedule-target', actions: actionsOf(service, operation) } as const;
    const roleArn = target.roleArn as Arn;
    const sessionName = executionId(invocation);
    return invoke(service, operation, input, {
      ...scopeOf(invocation),
      ...{ principal: rolePrincipal({ account, roleArn, sessionName, use, borrower: source }), source },
      ...{ requestId: uuidV7(now, random), now, idempotencyKey: `scheduler:${invocationKey(invocation)}`, signal },
    });
  }
}

/** What PutEvents says of the one event. */
interface PutEvents {
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/** Dead letters of schedules tell the code of the service, those of rules one of EventBridge. */
async function triedTo(work: () => Promise<unknown>): Promise<Tried> {
  try {
    await work();
    return { kind: 'delivered' };
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome.kind === 'delivered' || !(error instanceof ServiceError)) return outcome;
    return { ...outcome, code: error.code, message: error.message };
  }
}

function noSuchTarget({ target }: Invocation): ServiceError {
  return new ServiceError('ResourceNotFoundException', `${target.arn} is none of this version's targets.`);
}

/** Checked when the schedule was put; the words that are replaced have no quotes. */
function objectOf(payload: string): object {
  const input: unknown = JSON.parse(payload);
  return typeof input === 'object' && input !== null ? input : {};
}
