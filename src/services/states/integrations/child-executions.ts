import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../asl/index.ts';
import { ServiceError } from '../../../core/errors.ts';
import { type Integration, toTaskOutput } from '../apis/index.ts';
import type { EndedExecution, Executions } from '../contract.ts';
import { executionArn, parseStatesArn } from '../names.ts';
import type { Answered, ServiceCaller } from './caller.ts';
import { type Cancellations, isWaitedFor } from './cancellations.ts';
import { callOf } from './execution-role.ts';
import { callFailure, optimisedStyles } from './failure.ts';
import { serviceInput } from './parameters.ts';
import type { ServiceCall, TaskRun } from './task-run.ts';

export interface ChildExecutionsOptions {
  readonly caller: ServiceCaller;
  readonly cancellations: Cancellations;
  readonly executions: () => Executions;
}

type ChildRun = TaskRun<ServiceCall>;
type Started = { readonly executionArn: string; readonly startDate: Date };
/** What the try asks to start: where it will be is known before, since its name is. */
type Asked = { readonly input: JsonObject; readonly isNamedByTask: boolean; readonly arn: string | undefined };

/**
 * `states:startExecution` in all its patterns. A child without a name is named after the try, so that the try finds it
 * again after a crash.
 */
export class ChildExecutions {
  readonly #options: ChildExecutionsOptions;
  readonly #listening = new Map<ChildRun, () => void>();

  constructor(options: ChildExecutionsOptions) {
    this.#options = options;
  }

  async begin(run: ChildRun, integration: Integration): Promise<void> {
    const { caller, cancellations } = this.#options;
    const asked = named(run.call, serviceInput(integration, run.call));
    if (run.call.stage === 'submitted' && asked.arn !== undefined) {
      this.#takeUp(run, asked.arn, integration);
      return;
    }
    // One that the user named may be somebody else's until StartExecution has answered.
    if (!asked.isNamedByTask) run.begun = asked.arn;
    run.isBeginning = true;
    const signal = isWaitedFor(run.call.resource) ? new AbortController().signal : run.signal;
    const call = ['states', 'StartExecution', asked.input] as const;
    const answer = await this.#found(
      run,
      asked,
      await caller.call<Started>(callOf(run.call), call, { signal, idempotent: true }),
    );
    run.isBeginning = false;
    run.begun = answer.kind === 'answer' ? answer.output.executionArn : undefined;
    if (cancellations.settle(run, answer.kind === 'error' ? answer.error : undefined) || run.isOver) return;
    if (answer.kind === 'error') this.#fail(run, answer);
    else this.#onStarted(run, answer, integration);
  }

  /** Nobody waits for the child any more. */
  leave(run: ChildRun): void {
    this.#listening.get(run)?.();
    this.#listening.delete(run);
  }

  /** A name that we made and that is taken is that of our own child, started before a crash. */
  async #found(run: ChildRun, asked: Asked, answer: Answered<Started>): Promise<Answered<Started>> {
    const isTaken =
      answer.kind === 'error' && answer.error instanceof ServiceError && answer.error.code === 'ExecutionAlreadyExists';
    if (!isTaken || asked.isNamedByTask || asked.arn === undefined) return answer;
    const call = ['states', 'DescribeExecution', { executionArn: asked.arn }] as const;
    const described = await this.#options.caller.call<Started>(callOf(run.call), call, {
      signal: run.signal,
      idempotent: false,
    });
    return described.kind === 'answer' ? described : answer;
  }

  /** The child was started before a restart, and the history tells of it. */
  #takeUp(run: ChildRun, arn: string, integration: Integration): void {
    if (!isWaitedFor(run.call.resource)) {
      run.forget();
      return;
    }
    run.begun = arn;
    this.#wait(run, arn, integration);
  }

  #onStarted(run: ChildRun, answer: Answered<Started> & { readonly kind: 'answer' }, integration: Integration): void {
    const { executionArn: arn, startDate } = answer.output;
    const shown = {
      ...(toTaskOutput({ executionArn: arn, startDate }, integration.output, 'milliseconds') as JsonObject),
      ...this.#options.caller.metadata({ ...answer, output: { executionArn: arn, startDate } }, 'awsJson1.0'),
    };
    switch (run.call.resource.pattern) {
      case 'request':
        run.succeed(shown);
        break;
      case 'waitForTaskToken':
        run.submitted(shown);
        run.forget();
        break;
      case 'sync':
      case 'sync:2':
        run.submitted(shown);
        this.#wait(run, arn, integration);
    }
  }

  #wait(run: ChildRun, arn: string, integration: Integration): void {
    if (parseStatesArn(arn)?.kind === 'express') {
      const cause = `The Express execution ${arn} cannot be waited for: '.sync' is for Standard state machines.`;
      run.fail({ error: 'States.TaskFailed', cause });
      return;
    }
    const stop = this.#options.executions().onEnded(run.call, arn, (ended) => {
      this.#listening.delete(run);
      this.#onEnded(run, arn, ended, integration);
    });
    if (!run.isOver) this.#listening.set(run, stop);
  }

  #onEnded(run: ChildRun, arn: string, ended: EndedExecution | undefined, integration: Integration): void {
    if (!ended) {
      const cause = `The execution ${arn} is no longer known: it was deleted before its outcome could be learnt.`;
      run.fail({ error: 'States.TaskFailed', cause });
      return;
    }
    const shown = toTaskOutput(described(ended), integration.job, 'milliseconds') as JsonObject;
    if (ended.status !== 'SUCCEEDED') {
      run.fail({ error: 'States.TaskFailed', cause: JSON.stringify(shown) });
      return;
    }
    const parsed = run.call.resource.pattern === 'sync:2' && ended.output !== undefined;
    run.succeed(parsed ? { ...shown, Output: JSON.parse(ended.output ?? 'null') as Json } : shown);
  }

  #fail(run: ChildRun, { error, requestId }: Answered<Started> & { readonly kind: 'error' }): void {
    const failure = callFailure(error, { style: optimisedStyles.states, requestId, internalCode: 'InternalFailure' });
    const stage = run.call.resource.pattern === 'request' ? 'run' : 'submit';
    if (failure) run.fail({ ...failure, stage });
  }
}

function named({ key, account, region }: ServiceCall, input: JsonObject): Asked {
  const given = input.name;
  const isNamedByTask = given !== undefined && given !== null;
  const name = isNamedByTask ? given : childName(key);
  const machineArn = input.stateMachineArn;
  const read = typeof machineArn === 'string' ? parseStatesArn(machineArn) : undefined;
  const arn =
    read && 'machine' in read && typeof name === 'string'
      ? executionArn({ account, region }, read.machine, name)
      : undefined;
  return { input: { ...input, name }, isNamedByTask, arn };
}

/** A UUID that is the same for each start of the try. */
function childName(key: string): string {
  const hex = createHash('sha256').update(`child:${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** As DescribeExecution gives it. */
function described(ended: EndedExecution): object {
  const whole = { included: true };
  return {
    ...ended,
    inputDetails: whole,
    ...(ended.output === undefined ? {} : { outputDetails: whole }),
  };
}
