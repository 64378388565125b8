import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import type { FunctionSettings } from '../functions.ts';
import { type Invocation, largestEvent, largestUrlEvent } from '../invocations/index.ts';
import { findFunction, functionAccess, lambdaOperation } from '../operation.ts';
import { invalidParameter } from '../refusals.ts';

/** What is asked, read of headers and a body. */
interface InvokeQuestion {
  readonly FunctionName: string;
  readonly InvocationType?: 'Event' | 'RequestResponse' | 'DryRun' | undefined;
  readonly LogType?: 'None' | 'Tail' | undefined;
  readonly ClientContext?: string | undefined;
  readonly Qualifier?: string | undefined;
  readonly Payload?: Uint8Array | string | undefined;
  readonly DurableExecutionName?: string | undefined;
  readonly TenantId?: string | undefined;
}

/** What is answered, before it is told of as headers and a body. */
interface InvokeAnswer {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly Payload?: Uint8Array;
  readonly ExecutedVersion?: string;
}

/** A service gives text, or bytes. */
const payload = z.union([z.instanceof(Uint8Array<ArrayBufferLike>), z.string()]);

/** Runs a function: answers what it answers, or that its event is durable. */
export const invoke = lambdaOperation<InvokeQuestion, InvokeAnswer>()({
  schema: z.object({
    FunctionName: z.string().min(1).max(170),
    InvocationType: z.enum(['Event', 'RequestResponse', 'DryRun']).optional(),
    LogType: z.enum(['None', 'Tail']).optional(),
    ClientContext: z.string().max(3583).optional(),
    Qualifier: z.string().min(1).max(128).optional(),
    Payload: payload.optional(),
    DurableExecutionName: z.string().optional(),
    TenantId: z.string().optional(),
  }),
  readOnly: false,
  audit: { kind: 'data', hide: ['Payload', 'ClientContext'], hideAnswer: ['LogResult'], ahead: true },
  maxBody: largestUrlEvent,
  access: functionAccess('InvokeFunction'),
  handler: async (runtime, input, context): Promise<InvokeAnswer> => {
    for (const name of ['DurableExecutionName', 'TenantId'] as const) {
      if (input[name] !== undefined) throw invalidParameter(`${name} is not supported by this version of Batchyard.`);
    }
    const settings = findFunction(runtime, context, input.FunctionName, input.Qualifier);
    const { InvocationType: type = 'RequestResponse' } = input;
    if (type === 'DryRun') return { StatusCode: 204 };
    const invocation = invocationOf(settings, type, input, context);
    if (type === 'Event') {
      await runtime.events.add(settings, invocation, context.idempotencyKey);
      return { StatusCode: 202 };
    }
    const { payload, isError, log } = await runtime.invoker.invoke(settings, invocation, context.signal);
    return {
      ...{ StatusCode: 200, ExecutedVersion: '$LATEST', Payload: Buffer.from(payload) },
      ...(isError && { FunctionError: 'Unhandled' }),
      ...(input.LogType === 'Tail' && { LogResult: Buffer.from(log).toString('base64') }),
    };
  },
});

function invocationOf(
  settings: FunctionSettings,
  type: 'Event' | 'RequestResponse',
  { Payload, ClientContext }: InvokeQuestion,
  { account, region, requestId, idempotencyKey }: RequestContext,
): Invocation {
  const text = typeof Payload === 'string' ? Payload : Buffer.from(Payload ?? '').toString();
  const event = text === '' ? '{}' : text;
  const most = type === 'RequestResponse' && settings.run.kind === 'url' ? largestUrlEvent : largestEvent;
  const size = Buffer.byteLength(event);
  if (size > most) {
    const words = `${size} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`;
    throw new ServiceError('RequestTooLargeException', words, { status: 413 });
  }
  checkJson(event);
  return {
    ...{ account, region, requestId, event, key: idempotencyKey ?? requestId },
    ...(ClientContext === undefined ? {} : { clientContext: ClientContext }),
  };
}

function checkJson(event: string): void {
  try {
    JSON.parse(event);
  } catch (error) {
    const words = `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`;
    throw new ServiceError('InvalidRequestContentException', words);
  }
}
