import type { Json, JsonObject, Resource } from '../../../asl/index.ts';
import { structureOf, textOf } from '../../../core/unvalidated.ts';
import { writeJson } from '../../../core/wire-json.ts';
import { findIntegration } from '../apis/index.ts';
import type { TaskCall } from '../contract.ts';
import type { Answered, ServiceCaller } from './caller.ts';
import type { Callable } from './directory.ts';
import { type CallOf, callOf, functionCallOf } from './execution-role.ts';
import { callFailure, type ErrorStyle } from './failure.ts';
import { serviceInput } from './parameters.ts';
import type { ServiceCall, TaskRun } from './task-run.ts';

/** A call of a function that the state's `Resource` names. */
export type NamedFunction = TaskCall & { readonly resource: Resource & { readonly kind: 'lambda' } };

/** What Invoke answers, as the service itself has it. */
interface Invoked {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly Payload?: Uint8Array;
  readonly ExecutedVersion?: string;
  readonly LogResult?: string;
}

const style: ErrorStyle = { kind: 'optimised', prefix: 'Lambda', service: 'AWSLambda', general: 'AWSLambdaException' };

/** Calls functions: `lambda:invoke`, and functions by their ARN. What a function throws is the error of its task. */
export class FunctionCalls {
  readonly #caller: ServiceCaller;

  constructor(caller: ServiceCaller) {
    this.#caller = caller;
  }

  async begin(run: TaskRun<ServiceCall>, { service }: Callable): Promise<void> {
    const { call } = run;
    const isCallback = call.resource.pattern === 'waitForTaskToken';
    if (isCallback && call.stage === 'submitted') {
      run.forget();
      return;
    }
    const integration = await findIntegration(call.resource);
    if (!integration || run.isOver) return;
    const answer = await this.#invoke(run, callOf(call), serviceInput(integration, call));
    const invoked = this.#settled(run, answer, isCallback ? 'submit' : 'run');
    if (!invoked || answer.kind === 'error') return;
    const { Payload, ...others } = invoked;
    const shown = Payload === undefined ? {} : { Payload: payloadOf(Payload) };
    // Its headers would have to be those of the payload: they tell of the call alone.
    const metadata = this.#caller.metadata({ ...answer, output: others }, service.protocol.kind);
    const output: JsonObject = { ...others, ...shown, ...metadata };
    if (!isCallback) run.succeed(output);
    else {
      run.submitted(output);
      run.forget();
    }
  }

  async beginNamed(run: TaskRun<NamedFunction>): Promise<void> {
    const { call } = run;
    const { arguments: given, argumentsText } = call;
    const input = { FunctionName: call.resource.arn, Payload: argumentsText ?? writeJson(given) };
    const invoked = this.#settled(run, await this.#invoke(run, functionCallOf(call), input), 'run');
    if (invoked) run.succeed(invoked.Payload === undefined ? null : payloadOf(invoked.Payload));
  }

  #invoke(run: TaskRun, of: CallOf, input: unknown): Promise<Answered<Invoked>> {
    const options = { signal: run.signal, idempotent: true };
    return this.#caller.call<Invoked>(of, ['lambda', 'Invoke', input], options);
  }

  /** What was answered; undefined once the task has failed, or nobody waits for it. */
  #settled(run: TaskRun, answer: Answered<Invoked>, stage: 'run' | 'submit'): Invoked | undefined {
    if (run.isOver) return undefined;
    if (answer.kind === 'answer') {
      const { FunctionError, Payload } = answer.output;
      if (FunctionError === undefined) return answer.output;
      run.fail({ ...errorOf(Payload), stage });
      return undefined;
    }
    const of = { style, requestId: answer.requestId, internalCode: 'ServiceException' };
    const failure = callFailure(answer.error, of);
    if (failure) run.fail({ ...failure, stage });
    return undefined;
  }
}

/** The error has the name that the function's runtime gives it; its cause is all that the runtime says. */
function errorOf(payload: Uint8Array | undefined) {
  const cause = payload === undefined ? '' : Buffer.from(payload).toString();
  const told = payload === undefined ? undefined : payloadOf(payload);
  const type = textOf(structureOf(told).errorType);
  return { error: type || 'Lambda.Unknown', cause };
}

function payloadOf(bytes: Uint8Array): Json {
  const text = Buffer.from(bytes).toString();
  return text === '' ? null : (JSON.parse(text) as Json);
}
