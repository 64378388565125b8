import type { Json } from '../../../asl/index.ts';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Protocol, RequestContext } from '../../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { writeJson } from '../../../core/wire-json.ts';
import { type CallOf, executionSession } from './execution-role.ts';

export interface CallerOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/** A call's answer, or why there is none. */
export type Answered<Output> =
  | { readonly kind: 'answer'; readonly output: Output; readonly requestId: string }
  | { readonly kind: 'error'; readonly error: unknown; readonly requestId: string };

type AnsweredCall = Pick<Answered<unknown> & { readonly kind: 'answer' }, 'output' | 'requestId'>;
type ProtocolKind = Protocol['kind'];

const contentTypes = {
  restJson1: 'application/json',
  'awsJson1.0': 'application/x-amz-json-1.0',
  'awsJson1.1': 'application/x-amz-json-1.1',
  rpcv2Cbor: 'application/cbor',
  awsQuery: 'text/xml',
  ec2Query: 'text/xml;charset=UTF-8',
} as const satisfies Readonly<Record<ProtocolKind, string>>;

/** Calls operations for Task states, each as a session of the execution's role. */
export class ServiceCaller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * Calls an operation for a try. `idempotent` gives it the try's own idempotency key: made again after a crash, an
   * operation that knows keys answers as it did before. Never throws.
   */
  async call<Output>(
    of: CallOf,
    [service, operation, input]: readonly [service: string, operation: string, input: unknown],
    { signal, idempotent }: { readonly signal: AbortSignal; readonly idempotent: boolean },
  ): Promise<Answered<Output>> {
    const context = this.#context(of, signal, idempotent);
    const { requestId } = context;
    try {
      return {
        kind: 'answer',
        output: await this.#options.invoke<Output>(service, operation, input, context),
        requestId,
      };
    } catch (error) {
      if (!(error instanceof ServiceError) && !(error instanceof CommitFailed) && !signal.aborted) {
        const details = { requestId, service, operation, err: error };
        this.#options.logger.error(details, 'an operation that a task called failed unforeseen');
      }
      return { kind: 'error', error, requestId };
    }
  }

  /** For what is refused before any call. */
  newRequestId(): string {
    const { clock, random } = this.#options;
    return uuidV7(clock.now(), random);
  }

  /**
   * What AWS's optimised integrations add to the answer of a call: among the headers of it the type of its protocol and, where
   * that is JSON, its length as this server writes it.
   */
  metadata({ output, requestId }: AnsweredCall, protocol: ProtocolKind): { readonly [member: string]: Json } {
    const headers: Record<string, string> = {
      connection: 'keep-alive',
      'x-amzn-RequestId': requestId,
      ...(protocol === 'awsQuery' || protocol === 'ec2Query'
        ? {}
        : { 'Content-Length': String(Buffer.byteLength(writeJson(output))) }),
      'Content-Type': contentTypes[protocol],
      Date: new Date(this.#options.clock.now()).toUTCString(),
    };
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    return {
      SdkHttpMetadata: { AllHttpHeaders: lists, HttpHeaders: headers, HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: requestId },
    };
  }

  #context(of: CallOf, signal: AbortSignal, idempotent: boolean): RequestContext {
    const { clock, random } = this.#options;
    const { account, region, key } = of;
    const now = clock.now();
    return {
      account,
      region,
      principal: executionSession(of),
      source: { kind: 'service', service: 'states.amazonaws.com' },
      requestId: uuidV7(now, random),
      now,
      signal,
      ...(idempotent ? { idempotencyKey: idempotencyKey(key) } : {}),
    };
  }
}

/** Batch keeps what has this prefix as long as an execution may last. */
export function idempotencyKey(key: string): string {
  return `states:${key}`;
}
