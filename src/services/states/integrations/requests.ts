import type { JsonObject } from '../../../asl/index.ts';
import { submitJobRules } from './batch-jobs.ts';
import type { ServiceCaller } from './caller.ts';
import { toTaskOutput } from './casing.ts';
import { type ServiceDirectory, sdkService } from './directory.ts';
import { callOf } from './execution-role.ts';
import { callFailure, type ErrorStyle, optimisedStyles } from './failure.ts';
import { type ParameterRules, prepareInput } from './parameters.ts';
import { calledOperation, isSdk } from './resources.ts';
import type { ServiceCall, TaskRun } from './task-run.ts';

/** How one kind of integration calls. */
interface RequestStyle {
  readonly rules?: ParameterRules;
  readonly errors: ErrorStyle;
  /** The optimised integrations tell of the call too, and give times in milliseconds. */
  readonly isOptimised: boolean;
}

const publishRules: ParameterRules = { texts: ['Message'] };

/** Calls that end with their answer, or go on until somebody brings the task token back. */
export class Requests {
  readonly #directory: ServiceDirectory;
  readonly #caller: ServiceCaller;

  constructor(directory: ServiceDirectory, caller: ServiceCaller) {
    this.#directory = directory;
    this.#caller = caller;
  }

  async begin(run: TaskRun<ServiceCall>): Promise<void> {
    const { call } = run;
    const isCallback = call.resource.pattern === 'waitForTaskToken';
    if (isCallback && call.stage === 'submitted') {
      run.forget();
      return;
    }
    const { service, operation } = calledOperation(call.resource);
    const callable = this.#directory.find(service, operation);
    if (!callable) {
      run.fail(notThere(call));
      return;
    }
    const style = styleOf(call);
    const prepared = prepareInput(callable, call, style.rules);
    if (prepared.kind === 'failure') {
      run.fail(prepared.failure);
      return;
    }
    const answer = await this.#caller.call(callOf(call), [service, operation, prepared.input], {
      signal: run.signal,
      idempotent: !callable.operation.readOnly,
    });
    if (run.isOver) return;
    const { requestId } = answer;
    if (answer.kind === 'error') {
      const internalCode = callable.service.errors.internal;
      const failure = callFailure(answer.error, { style: style.errors, requestId, internalCode });
      if (failure) run.fail({ ...failure, stage: isCallback ? 'submit' : 'run' });
      return;
    }
    const shown = toTaskOutput(answer.output ?? {}, callable.userMaps, style.isOptimised ? 'milliseconds' : 'iso');
    const output = style.isOptimised ? { ...(shown as JsonObject), ...this.#caller.metadata(requestId) } : shown;
    if (isCallback) {
      run.submitted(output);
      run.forget();
    } else run.succeed(output);
  }
}

function styleOf({ resource }: ServiceCall): RequestStyle {
  if (isSdk(resource)) {
    return { errors: { kind: 'sdk', prefix: sdkService(resource.service).error }, isOptimised: false };
  }
  if (resource.service === 'sns') return { rules: publishRules, errors: optimisedStyles.sns, isOptimised: true };
  return { rules: submitJobRules, errors: optimisedStyles.batch, isOptimised: true };
}

/** Definitions are checked when they are made; this one is older than a change of what there is. */
function notThere({ resource, stateName }: ServiceCall) {
  const cause = `An error occurred while executing the state '${stateName}'. The resource ${resource.arn} is not available.`;
  return { error: 'States.Runtime', cause, stage: 'schedule' } as const;
}
