import { createHash } from 'node:crypto';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import { idempotencyRecordKey, type StoreReads } from '../../../store/index.ts';
import { type CommandSettings, type FunctionSettings, logGroupOf } from '../functions.ts';
import { serviceFailure } from '../refusals.ts';
import type { CallService } from './call-service.ts';
import { type JobEvents, lostEvent, withEventAtInput } from './job-events.ts';
import { type Changes, JobWatch } from './job-watch.ts';
import { logTail } from './limits.ts';
import { answered, failedWith, type Invocation, type InvocationOutcome, isFunctionError, parsed } from './outcome.ts';
import { timedOut } from './url-runner.ts';

interface JobRunnerOptions {
  readonly call: CallService;
  readonly clock: Clock;
  readonly events: JobEvents;
  readonly reads: Pick<StoreReads, 'idempotency'>;
}

interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly startedAt?: number;
  readonly statusReason?: string;
  readonly container?: { readonly exitCode?: number; readonly reason?: string; readonly logStreamName?: string };
}

/** Batch's shortest time limit: below it ours alone holds. */
const shortestAttempt = 60;

/** So many jobs of an invocation may begin before the server that has been started anew can give them their event. */
const mostLost = 5;

/** Runs commands as jobs: each event is a job of one attempt, and the last line of its output the answer. */
export class JobRunner {
  readonly watch = new JobWatch();
  readonly #options: JobRunnerOptions;
  readonly #definitions = new Map<string, Promise<string>>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Once `signal` aborts the job goes on and nobody waits for it. */
  async run(
    settings: FunctionSettings,
    command: CommandSettings,
    invocation: Invocation,
    signal: AbortSignal,
  ): Promise<InvocationOutcome> {
    const { key } = invocation;
    for (let lost = 0; ; lost += 1) {
      const named = { ...invocation, key: lost === 0 ? key : `${key}:lost-${lost}` };
      const outcome = await this.#runOnce(settings, command, named, signal);
      if (!outcome.isLost || lost === mostLost) return outcome;
    }
  }

  async #runOnce(settings: FunctionSettings, command: CommandSettings, invocation: Invocation, signal: AbortSignal) {
    const jobName = `lambda-${settings.name}-${digestOf(invocation.key)}`;
    const takeBack = this.#options.events.offer(jobName, invocation.event);
    try {
      const earlier = await this.#submitted(invocation);
      const jobId = earlier ?? (await this.#submit(settings, command, invocation, jobName));
      const { job, isLate } = await this.watch.during(jobId, signal, (changes) =>
        this.#end(settings, invocation, jobId, changes),
      );
      const outcome = await this.#outcome(settings, invocation, job, isLate);
      const isLost = job.container?.exitCode === lostEvent.exitCode && outcome.log.endsWith(`${lostEvent.line}\n`);
      return { ...outcome, isLost };
    } finally {
      takeBack();
    }
  }

  /**
   * The job of a try that is made again. Batch would answer it too, but only to the very same request, and by now the configuration
   * may be another, and so is the request's id.
   */
  async #submitted(invocation: Invocation): Promise<string | undefined> {
    const key = idempotencyRecordKey('batch', 'SubmitJob', submitKey(invocation));
    const made = await this.#options.reads.idempotency(scopeOf(invocation), key);
    if (!made || made.expiresAt <= this.#options.clock.now()) return undefined;
    return (made.result as { readonly jobId?: string }).jobId;
  }

  async #submit(settings: FunctionSettings, command: CommandSettings, invocation: Invocation, jobName: string) {
    const jobDefinition = await this.#definition(scopeOf(invocation), settings, command);
    const environment = [{ name: 'AWS_LAMBDA_REQUEST_ID', value: invocation.requestId }];
    const input = { jobName, jobDefinition, jobQueue: command.queue, containerOverrides: { environment } };
    const call = { service: 'batch', operation: 'SubmitJob', input, key: submitKey(invocation) };
    const { jobId } = await this.#options.call<{ readonly jobId: string }>(invocation, call).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error.status >= 500) throw error;
      throw serviceFailure(`No job runs function ${settings.name}: ${error.message}`);
    });
    return jobId;
  }

  /** One for each configuration: made when it is first needed. */
  #definition(scope: Scope, settings: FunctionSettings, command: CommandSettings): Promise<string> {
    const input = definitionOf(settings, command);
    const digest = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12);
    const jobDefinitionName = `lambda-${settings.name}-${digest}`;
    const place = `${scope.account} ${scope.region} ${jobDefinitionName}`;
    const known = this.#definitions.get(place);
    if (known) return known;
    const made = this.#makeDefinition(scope, { ...input, jobDefinitionName });
    this.#definitions.set(place, made);
    // It is looked for anew each time that it is needed: somebody may deregister it.
    const forget = () => void this.#definitions.delete(place);
    made.then(forget, forget);
    return made;
  }

  async #makeDefinition(scope: Scope, input: { readonly jobDefinitionName: string }): Promise<string> {
    const { call } = this.#options;
    const { jobDefinitionName } = input;
    const described = await call<{ readonly jobDefinitions?: readonly { readonly jobDefinitionArn: string }[] }>(
      scope,
      {
        ...{ service: 'batch', operation: 'DescribeJobDefinitions' },
        input: { jobDefinitionName, status: 'ACTIVE' },
      },
    );
    const [found] = described.jobDefinitions ?? [];
    if (found) return found.jobDefinitionArn;
    const register = { service: 'batch', operation: 'RegisterJobDefinition', input };
    return (await call<{ readonly jobDefinitionArn: string }>(scope, register)).jobDefinitionArn;
  }

  /** The job when it has ended, by itself or because its time was over. */
  async #end(settings: FunctionSettings, scope: Scope, jobId: string, changes: Changes) {
    const { clock } = this.#options;
    let cancel: (() => void) | undefined;
    let isLate = false;
    const end = () => {
      isLate = true;
      this.#terminate(scope, jobId).catch((error) => changes.fail(error));
    };
    try {
      for (;;) {
        const job = await this.#describe(scope, jobId);
        if (job.status === 'SUCCEEDED' || job.status === 'FAILED') return { job, isLate };
        if (job.status === 'RUNNING') cancel ??= clock.after(timeLeft(settings, job, clock.now()), end);
        await changes.wait();
      }
    } finally {
      cancel?.();
    }
  }

  async #describe(scope: Scope, jobId: string): Promise<Job> {
    const call = { service: 'batch', operation: 'DescribeJobs', input: { jobs: [jobId] } };
    const { jobs = [] } = await this.#options.call<{ readonly jobs?: readonly Job[] }>(scope, call);
    const [job] = jobs;
    if (!job) throw serviceFailure(`The job ${jobId} is no longer known.`);
    return job;
  }

  async #terminate(scope: Scope, jobId: string): Promise<void> {
    const input = { jobId, reason: 'The time of the function is over' };
    await this.#options.call(scope, { service: 'batch', operation: 'TerminateJob', input });
  }

  async #outcome(settings: FunctionSettings, invocation: Invocation, job: Job, isLate: boolean) {
    const lines = await this.#lines(settings, invocation, job);
    const log = tailOf(lines);
    if (isLate) return timedOut(settings, invocation, log);
    const last = lines.findLast((line) => line.trim() !== '') ?? 'null';
    const payload = parsed(last) === undefined ? JSON.stringify(last) : last;
    if (job.status === 'SUCCEEDED') return answered(payload, log);
    if (isFunctionError(payload)) return { payload, isError: true, log };
    const { exitCode, reason } = job.container ?? {};
    const words = exitCode === undefined ? (reason ?? job.statusReason ?? 'it did not run') : `exit status ${exitCode}`;
    const more = exitCode !== undefined && reason !== undefined ? `: ${reason}` : '';
    const message = `RequestId: ${invocation.requestId} Error: Runtime exited with error: ${words}${more}`;
    return failedWith('Runtime.ExitError', message, log);
  }

  /** The last lines of its output. */
  async #lines({ name }: FunctionSettings, scope: Scope, { container }: Job): Promise<readonly string[]> {
    if (container?.logStreamName === undefined) return [];
    const input = { logGroupName: logGroupOf(name), logStreamName: container.logStreamName, limit: 200 };
    try {
      const call = { service: 'logs', operation: 'GetLogEvents', input };
      const { events = [] } = await this.#options.call<{ readonly events?: readonly { readonly message?: string }[] }>(
        scope,
        call,
      );
      return events.map(({ message = '' }) => message);
    } catch (error) {
      // It never ran, or somebody has deleted the stream.
      if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') return [];
      throw error;
    }
  }
}

function definitionOf(settings: FunctionSettings, command: CommandSettings) {
  const { name, timeout } = settings;
  const { image, vcpus, memoryMiB, role, environment } = command;
  const own = {
    ...environment,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(name),
  };
  const options = { 'awslogs-group': logGroupOf(name), 'awslogs-create-group': 'true' };
  return {
    type: 'container',
    timeout: { attemptDurationSeconds: Math.max(shortestAttempt, Math.ceil(timeout / 1000) + 1) },
    retryStrategy: { attempts: 1 },
    containerProperties: {
      ...{ image, command: withEventAtInput(command.command) },
      ...(role === undefined ? {} : { jobRoleArn: role }),
      environment: Object.entries(own).map(([name, value]) => ({ name, value })),
      resourceRequirements: [
        { type: 'VCPU', value: String(vcpus) },
        { type: 'MEMORY', value: String(memoryMiB) },
      ],
      logConfiguration: { logDriver: 'awslogs', options },
    },
  };
}

/** Begins with the caller's key: Batch remembers those of Step Functions as long as their executions may last. */
function submitKey({ key }: Invocation): string {
  return `${key}:lambda`;
}

/** The same for a try that is made again: a job of it that has not started yet finds its event then. */
function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function timeLeft({ timeout }: FunctionSettings, { startedAt }: Job, now: number): number {
  return startedAt === undefined ? timeout : Math.min(timeout, Math.max(0, startedAt + timeout - now));
}

function tailOf(lines: readonly string[]): string {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return text.subarray(Math.max(0, text.length - logTail)).toString();
}
