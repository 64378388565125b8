import type { JsonObject } from '../../../asl/index.ts';
import { type Integration, toTaskOutput } from '../apis/index.ts';
import type { ServiceCaller } from './caller.ts';
import { type Callable, calledOperation } from './directory.ts';
import { callOf } from './execution-role.ts';
import { callFailure, type ErrorStyle, optimisedStyles } from './failure.ts';
import { serviceInput } from './parameters.ts';
import type { ServiceCall, TaskRun } from './task-run.ts';

/** Calls that end with their answer, or go on until somebody brings the task token back. */
export class Requests {
  readonly #caller: ServiceCaller;

  constructor(caller: ServiceCaller) {
    this.#caller = caller;
  }

  async begin(run: TaskRun<ServiceCall>, callable: Callable, integration: Integration): Promise<void> {
    const { call } = run;
    const isCallback = call.resource.pattern === 'waitForTaskToken';
    if (isCallback && call.stage === 'submitted') {
      run.forget();
      return;
    }
    const { service, operation } = calledOperation(call.resource);
    const answer = await this.#caller.call(callOf(call), [service, operation, serviceInput(integration, call)], {
      signal: run.signal,
      idempotent: !callable.operation.readOnly,
    });
    if (run.isOver) return;
    const { requestId } = answer;
    if (answer.kind === 'error') {
      const internalCode = callable.service.errors.internal;
      const failure = callFailure(answer.error, { style: errorsOf(integration, call), requestId, internalCode });
      if (failure) run.fail({ ...failure, stage: isCallback ? 'submit' : 'run' });
      return;
    }
    // The optimised integrations tell of the call too, and give times in milliseconds.
    const { isSdk } = integration;
    const shown = toTaskOutput(answer.output ?? {}, integration.output, isSdk ? 'iso' : 'milliseconds');
    const output = isSdk
      ? shown
      : { ...(shown as JsonObject), ...this.#caller.metadata(answer, callable.service.protocol.kind) };
    if (isCallback) {
      run.submitted(output);
      run.forget();
    } else run.succeed(output);
  }
}

function errorsOf({ isSdk, prefix }: Integration, { resource }: ServiceCall): ErrorStyle {
  if (isSdk) return { kind: 'sdk', prefix };
  const { service } = resource;
  if (service === 'batch' || service === 'sns' || service === 'states') return optimisedStyles[service];
  return { kind: 'optimised', prefix, service: `Amazon${prefix}`, general: `Amazon${prefix}Exception` };
}
