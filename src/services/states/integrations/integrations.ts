import type { Json, Resource } from '../../../asl/index.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Logger } from '../../../core/logger.ts';
import type { ServiceDefinition } from '../../../core/operation.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { MayUseRole } from '../../../iam/index.ts';
import type { DueWork, FactConsumer, Ledger, Transaction } from '../../../store/index.ts';
import { hasActivity } from '../activities/index.ts';
import { argumentProblems, findIntegration, isSdk } from '../apis/index.ts';
import type { ActivityQueues, CancelledCall, Executions, Integrations, TaskCall, TaskReport } from '../contract.ts';
import { BatchJobs } from './batch-jobs.ts';
import { ServiceCaller } from './caller.ts';
import { Cancellations, isWaitedFor } from './cancellations.ts';
import { ChildExecutions } from './child-executions.ts';
import { calledOperation, ServiceDirectory } from './directory.ts';
import { assumeRefusal } from './execution-role.ts';
import { callFailure } from './failure.ts';
import { FunctionCalls, type NamedFunction } from './function-calls.ts';
import { notServed } from './not-served.ts';
import { Requests } from './requests.ts';
import { type ServiceCall, TaskRun } from './task-run.ts';

export interface IntegrationsOptions {
  readonly invoke: Invoke;
  /** Every service of the installation; asked at each use. */
  readonly services: () => readonly ServiceDefinition[];
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly activities: ActivityQueues;
  readonly mayUse: MayUseRole;
  /** Asked at each use: executions are made with these integrations. */
  readonly executions: () => Executions;
}

/** What Task states call, and what it needs of the server around it. */
export interface StatesIntegrations extends Integrations {
  /** Hears of jobs that end: to be given to the outbox. */
  readonly consumer: FactConsumer;
}

/** Makes the integrations of Step Functions: Batch, SNS, its own executions, activities, and every operation there is. */
export function createIntegrations(options: IntegrationsOptions): StatesIntegrations {
  return new TaskIntegrations(options);
}

class TaskIntegrations implements StatesIntegrations {
  readonly #options: IntegrationsOptions;
  readonly #directory: ServiceDirectory;
  readonly #caller: ServiceCaller;
  readonly #cancellations: Cancellations;
  readonly #jobs: BatchJobs;
  readonly #children: ChildExecutions;
  readonly #requests: Requests;
  readonly #functions: FunctionCalls;
  readonly #runs = new Map<string, TaskRun>();

  constructor(options: IntegrationsOptions) {
    this.#options = options;
    const { services, executions, clock, ledger, logger } = options;
    const directory = new ServiceDirectory(services);
    const caller = new ServiceCaller(options);
    const cancellations = new Cancellations({ ...options, caller });
    const parts = { caller, cancellations, executions, clock };
    this.#directory = directory;
    this.#caller = caller;
    this.#cancellations = cancellations;
    this.#jobs = new BatchJobs({ ...parts, ledger, logger });
    this.#children = new ChildExecutions(parts);
    this.#requests = new Requests(caller);
    this.#functions = new FunctionCalls(caller);
  }

  get consumer(): FactConsumer {
    return this.#jobs;
  }

  checkArguments(resource: Resource, given: Json): Promise<readonly string[]> {
    return argumentProblems(resource, given);
  }

  start(call: TaskCall, report: (report: TaskReport) => void): void {
    const underWay = this.#runs.get(call.key);
    if (underWay) {
      underWay.listen(report);
      return;
    }
    const run = new TaskRun(call, report, () => this.#leave(run));
    this.#runs.set(call.key, run);
    // The host is told nothing within its own call.
    queueMicrotask(() => {
      if (!run.isOver) this.#begin(run).catch((error) => this.#broke(run, error));
    });
  }

  noteCancel(transaction: Transaction, call: CancelledCall, cause: string): void {
    this.#cancellations.note(transaction, call, cause, this.#runs.get(call.key));
  }

  cancel(call: CancelledCall, cause: string): void {
    const run = this.#runs.get(call.key);
    if (call.resource.kind === 'activity') this.#options.activities.withdraw(call.key);
    else if (isWaitedFor(call.resource)) {
      // While the call is under way, what it begins is stopped when it answers.
      if (run?.isBeginning) run.stopCause = cause;
      else this.#cancellations.carryOut(call, cause, run?.begun);
    }
    run?.forget();
  }

  reset(): void {
    for (const run of this.#runs.values()) run.forget();
    this.#cancellations.reset();
  }

  async #begin(run: TaskRun): Promise<void> {
    const { resource } = run.call;
    if (resource.kind === 'activity') this.#offer(run, resource.arn);
    else if (callsFunction(run)) await this.#callFunction(run);
    else if (callsService(run)) await this.#call(run);
    else run.fail(await notServed(this.#directory, resource));
  }

  async #call(run: TaskRun<ServiceCall>): Promise<void> {
    const { resource } = run.call;
    const { service, operation } = calledOperation(resource);
    const callable = this.#directory.find(service, operation);
    const integration = await findIntegration(resource);
    if (run.isOver) return;
    const isServed = !isWaitedFor(resource) || service === 'batch' || service === 'states';
    if (!callable || !integration || !isServed) run.fail(await notServed(this.#directory, resource));
    else if (this.#refusesRole(run)) return;
    else if (service === 'lambda' && !isSdk(resource)) await this.#functions.begin(run, callable);
    else if (service === 'states' && !isSdk(resource)) await this.#children.begin(run, integration);
    else if (isWaitedFor(resource)) await this.#jobs.begin(run, integration);
    else await this.#requests.begin(run, callable, integration);
  }

  async #callFunction(run: TaskRun<NamedFunction>): Promise<void> {
    if (!this.#directory.find('lambda', 'Invoke')) run.fail(await notServed(this.#directory, run.call.resource));
    else if (!this.#refusesRole(run)) await this.#functions.beginNamed(run);
  }

  /** Assuming the role of a state's `Credentials` may fail: the task does then, as if it had called `sts:AssumeRole`. */
  #refusesRole(run: TaskRun): boolean {
    const refusal = assumeRefusal(run.call, this.#options.mayUse, this.#options.clock.now());
    if (!refusal) return false;
    const requestId = this.#caller.newRequestId();
    const failure = callFailure(refusal, { style: assumeStyle, requestId, internalCode: 'InternalFailure' });
    const { resource } = run.call;
    const stage = 'pattern' in resource && resource.pattern !== 'request' ? 'submit' : 'run';
    if (failure) run.fail({ ...failure, stage });
    return true;
  }

  #offer(run: TaskRun, arn: string): void {
    const { key, taskToken, arguments: input, argumentsText: inputText, stage } = run.call;
    if (taskToken === undefined) throw new Error(`the activity task ${key} has no token`);
    // A worker has it: it answers by its token.
    if (stage === 'started') {
      run.forget();
      return;
    }
    // It was there when the task was scheduled, and has been deleted since.
    if (!hasActivity(this.#options.ledger, run.call, arn)) {
      run.fail({ error: 'States.Runtime', cause: 'The activity ARN does not exist.', stage: 'schedule' });
      return;
    }
    this.#options.activities.offer(arn, {
      key,
      taskToken,
      input,
      ...(inputText === undefined ? {} : { inputText }),
      started: (workerName) => {
        run.started(workerName);
        run.forget();
      },
    });
  }

  #leave(run: TaskRun): void {
    if (this.#runs.get(run.call.key) === run) this.#runs.delete(run.call.key);
    if (!callsService(run)) return;
    this.#jobs.leave(run);
    this.#children.leave(run);
  }

  #broke(run: TaskRun, error: unknown): void {
    const { executionArn, stateName, resource } = run.call;
    this.#options.logger.error({ execution: executionArn, state: stateName, resource, err: error }, 'a task broke');
    const cause = `An internal error occurred while executing the state '${stateName}'. The server's log tells more.`;
    run.fail({ error: 'States.Runtime', cause });
  }
}

/** What AWS names this error is not documented: it is named as a task's own call of STS would be. */
const assumeStyle = { kind: 'sdk', prefix: 'Sts' } as const;

function callsFunction(run: TaskRun): run is TaskRun<NamedFunction> {
  return run.call.resource.kind === 'lambda';
}

function callsService(run: TaskRun): run is TaskRun<ServiceCall> {
  return run.call.resource.kind === 'service';
}
