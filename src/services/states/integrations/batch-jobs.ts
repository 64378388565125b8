import type { SubmitJobCommandOutput } from '@aws-sdk/client-batch';
import type { Json, JsonObject } from '../../../asl/index.ts';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { isTerminal } from '../../../core/job.ts';
import type { Logger } from '../../../core/logger.ts';
import type { DeliveredFact, Fact, FactConsumer, JobFact, Ledger } from '../../../store/index.ts';
import { type ApiShape, findIntegration, type Integration, toTaskOutput } from '../apis/index.ts';
import type { Answered, ServiceCaller } from './caller.ts';
import type { Cancellations } from './cancellations.ts';
import { callOf, roleOf } from './execution-role.ts';
import { callFailure, optimisedStyles } from './failure.ts';
import { serviceInput } from './parameters.ts';
import { submittedJob } from './submitted-job.ts';
import type { ServiceCall, TaskRun } from './task-run.ts';

const managedVariable = { name: 'MANAGED_BY_AWS', value: 'STARTED_BY_STEP_FUNCTIONS' };

/** Jobs in one DescribeJobs, which takes 100: what is done with an answer is one turn. */
const describedTogether = 50;

/** Until a job is described again whose description met an internal error. */
const retryAfter: Milliseconds = 1_000;

export interface BatchJobsOptions {
  readonly caller: ServiceCaller;
  readonly cancellations: Cancellations;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly logger: Logger;
}

type JobRun = TaskRun<ServiceCall>;
type DescribedJob = { readonly jobId?: string; readonly status?: string };
type Described = { readonly jobs?: readonly DescribedJob[] };

/**
 * `batch:submitJob.sync`: submits a job and waits for its end, of which the log of facts tells. Whoever waits is noted
 * first and the job described then, so that no end is missed; after a crash SubmitJob answers with the same job.
 */
export class BatchJobs implements FactConsumer {
  readonly name = 'states-jobs';
  readonly #options: BatchJobsOptions;
  readonly #waiting = new Map<string, JobRun>();

  constructor(options: BatchJobsOptions) {
    this.#options = options;
  }

  async begin(run: JobRun, integration: Integration): Promise<void> {
    const { caller, cancellations } = this.#options;
    if (run.call.stage === 'submitted' && (await this.#takeUp(run))) return;
    run.isBeginning = true;
    const signal = new AbortController().signal;
    const call = ['batch', 'SubmitJob', managed(serviceInput(integration, run.call))] as const;
    const answer = await caller.call<SubmitJobCommandOutput>(callOf(run.call), call, { signal, idempotent: true });
    run.isBeginning = false;
    const jobId = answer.kind === 'answer' ? answer.output.jobId : undefined;
    run.begun = jobId;
    if (cancellations.settle(run, answer.kind === 'error' ? answer.error : undefined) || run.isOver) return;
    if (answer.kind === 'error') this.#fail(run, answer, 'submit');
    else if (jobId !== undefined) await this.#wait(run, jobId, this.#submitted(answer, integration));
  }

  /** Goes on waiting for a job that was submitted before a restart; false when there is none. */
  async #takeUp(run: JobRun): Promise<boolean> {
    const jobId = await submittedJob(this.#options.ledger.store.reads, run.call, run.call.key);
    if (run.isOver) return true;
    if (jobId === undefined) return false;
    run.begun = jobId;
    this.#waiting.set(jobId, run);
    await this.#settle([jobId]);
    return true;
  }

  /** Nobody waits for the job any more. */
  leave(run: JobRun): void {
    if (run.begun !== undefined && this.#waiting.get(run.begun) === run) this.#waiting.delete(run.begun);
  }

  async deliver(facts: readonly DeliveredFact[]): Promise<void> {
    const ended = facts
      .map(({ fact }) => fact)
      .filter(isEnd)
      .filter(({ jobId }) => this.#waiting.has(jobId));
    const callers = Map.groupBy(ended, ({ account, region, jobId }) => {
      const run = this.#waiting.get(jobId);
      return `${account}|${region}|${run && roleOf(run.call)}`;
    });
    for (const ofCaller of callers.values()) {
      const jobIds = ofCaller.map(({ jobId }) => jobId);
      for (let at = 0; at < jobIds.length; at += describedTogether) {
        await this.#settle(jobIds.slice(at, at + describedTogether));
      }
    }
  }

  #wait(run: JobRun, jobId: string, submitted: JsonObject): Promise<void> {
    this.#waiting.set(jobId, run);
    run.submitted(submitted);
    return this.#settle([jobId]);
  }

  /** Ends the tries whose jobs, all of one scope and one role, have ended; does nothing while they have not. */
  async #settle(jobIds: readonly string[]): Promise<void> {
    const [first] = this.#runsOf(jobIds);
    if (!first) return;
    const call = ['batch', 'DescribeJobs', { jobs: jobIds }] as const;
    const signal = new AbortController().signal;
    const answer = await this.#options.caller.call<Described>(callOf(first.call), call, { signal, idempotent: false });
    if (answer.kind === 'error') {
      this.#describeFailed(jobIds, answer);
      return;
    }
    const jobs = new Map(answer.output.jobs?.map((job) => [job.jobId, job]));
    const shape = (await findIntegration(first.call.resource))?.job;
    for (const jobId of jobIds) {
      const run = this.#waiting.get(jobId);
      if (run) this.#end(run, jobId, jobs.get(jobId), shape);
    }
  }

  #end(run: JobRun, jobId: string, job: DescribedJob | undefined, shape: ApiShape | undefined): void {
    const shown = () => toTaskOutput(job, shape, 'milliseconds');
    if (!job) run.fail(sweptFailure(jobId));
    else if (job.status === 'SUCCEEDED') run.succeed(shown());
    else if (job.status === 'FAILED') run.fail({ error: 'States.TaskFailed', cause: JSON.stringify(shown()) });
  }

  #runsOf(jobIds: readonly string[]): readonly JobRun[] {
    return jobIds.flatMap((jobId) => this.#waiting.get(jobId) ?? []);
  }

  #describeFailed(jobIds: readonly string[], answer: Answered<object> & { readonly kind: 'error' }): void {
    if (isInternal(answer.error)) this.#options.clock.after(retryAfter, () => this.#settleLater(jobIds));
    else for (const run of this.#runsOf(jobIds)) this.#fail(run, answer, 'run');
  }

  #settleLater(jobIds: readonly string[]): void {
    const { logger } = this.#options;
    this.#settle(jobIds).catch((error) => logger.error({ jobIds, err: error }, 'the end of jobs could not be told'));
  }

  #fail(run: JobRun, answer: Answered<object> & { readonly kind: 'error' }, stage: 'submit' | 'run'): void {
    const of = { style: optimisedStyles.batch, requestId: answer.requestId, internalCode: 'ServerException' };
    const failure = callFailure(answer.error, of);
    if (failure) run.fail({ ...failure, stage });
  }

  #submitted(answer: Answered<object> & { readonly kind: 'answer' }, { output: shape }: Integration) {
    const submitted = toTaskOutput(answer.output, shape, 'milliseconds') as JsonObject;
    return { ...submitted, ...this.#options.caller.metadata(answer, 'restJson1') };
  }
}

/** Whether a job ended. Children of an array, and nodes, have their parent's job id: the parent tells of its own end. */
function isEnd(fact: Fact): fact is JobFact {
  if (fact.kind !== 'job' || fact.index !== undefined || fact.node !== undefined) return false;
  return fact.runs === undefined && isTerminal(fact.to);
}

/** Nothing that Batch refuses: asking again may help. After a failed commit the try is begun again anyhow. */
function isInternal(error: unknown): boolean {
  return !(error instanceof CommitFailed) && !(error instanceof ServiceError && error.status < 500);
}

/** What AWS adds to every job that it waits for (spec 07 §8). */
function managed(input: JsonObject): JsonObject {
  const { containerOverrides } = input;
  const overrides = isObject(containerOverrides) ? containerOverrides : {};
  // Anything but an object or a list is refused by Batch, in its words.
  if (containerOverrides !== undefined && !isObject(containerOverrides)) return input;
  const given = overrides.environment;
  if (given !== undefined && !Array.isArray(given)) return input;
  const others = (given ?? []).filter((pair: Json) => !isObject(pair) || pair.name !== managedVariable.name);
  const environment = [...others, managedVariable];
  return { ...input, containerOverrides: { ...overrides, environment } };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sweptFailure(jobId: string) {
  const cause =
    `The job ${jobId} is no longer known to AWS Batch: it ended and was deleted when its retention was over, ` +
    'before this execution could learn of its outcome.';
  return { error: 'States.TaskFailed', cause } as const;
}
