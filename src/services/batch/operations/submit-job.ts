import type { SubmitJobCommandInput, SubmitJobCommandOutput } from '@aws-sdk/client-batch';
import type { JobId } from '../../../core/ids.ts';
import type { Dependency } from '../../../core/job.ts';
import type { RerunRecord } from '../../../core/job-specification.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import type { CompiledDefinition } from '../definition/compile.ts';
import { checkCommand, checkNoNul } from '../definition/container-rules.ts';
import { checkSchedulingPriority } from '../definition/definition.ts';
import type { Remember } from '../idempotency.ts';
import {
  findJobQueue,
  isName,
  jobArn,
  jobDefinitionArn,
  jobQueueArn,
  nameIn,
  parseDefinitionReference,
} from '../names.ts';
import { batchOperation } from '../operation.ts';
import { jobDefinitionRecords } from '../records.ts';
import { demand, refuseTooMany } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { type SubmitJobInput, submitJob as schema } from '../schemas/job.ts';
import { arraySize } from '../submission/array-size.ts';
import {
  checkSizes,
  type EndedJobs,
  namedJobs,
  noEndedJobs,
  readDependencies,
  readEndedJobs,
  unknownJobs,
} from '../submission/dependencies.ts';
import { newJob } from '../submission/new-job.ts';
import { checkTags, requestTagConditions, resourceTagConditions, tagOnCreate } from '../tags.ts';
import type { NewJob } from '../yard/index.ts';

type Output = Omit<SubmitJobCommandOutput, '$metadata'>;

/** Takes a job in. At once when nothing has to be read: the answer still waits until the job is durable. */
export const submitJob = batchOperation<SubmitJobCommandInput, SubmitJobCommandOutput>()({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['environment', 'env'] },
  access,
  handler: (runtime, input, context) =>
    runtime.idempotency.run<Output>(context, 'SubmitJob', input, (remember) => {
      if (!runtime.submitRate.take(context)) refuseTooMany();
      return prepareJob(runtime, { input, context, take: taken(runtime, remember) });
    }),
});

/** What whoever submits is told of the job. */
export interface SubmittedJob {
  readonly jobArn: string;
  readonly jobName: string;
  readonly jobId: JobId;
}

/** Takes a job in, and remembers the answer with it. */
export function taken(runtime: BatchRuntime, remember: Remember<SubmittedJob>): (job: NewJob) => SubmittedJob {
  return (job) => {
    const output = { jobArn: jobArn(job, job.jobId), jobName: job.jobName, jobId: job.jobId };
    runtime.ledger.transact((transaction) => {
      runtime.yard.submit(transaction, job);
      remember(transaction, output);
    });
    return output;
  };
}

/** A submission, and what becomes of it. */
export interface Submission<Result> {
  readonly input: SubmitJobInput;
  readonly context: RequestContext;
  /** What it runs again. */
  readonly rerun?: RerunRecord;
  /** One that is registered nowhere, instead of the one that the input names. */
  readonly definition?: CompiledDefinition | undefined;
  /** Given the job, if nothing speaks against it, in the turn in which that was found. */
  readonly take: (job: NewJob) => Result;
}

/** What has been read of the input. */
interface ReadSubmission<Result> extends Submission<Result> {
  readonly dependsOn: readonly Dependency[];
  /** Of an array. */
  readonly size: number | undefined;
}

/** Checks a submission by every rule, and hands on the job that it asks for. At once when nothing has to be read. */
export function prepareJob<Result>(runtime: BatchRuntime, submission: Submission<Result>): Result | Promise<Result> {
  const { input } = submission;
  checkInput(runtime, input);
  const size = arraySize(input);
  const dependsOn = readDependencies(input.dependsOn, size !== undefined, runtime.quotas.dependenciesPerJob);
  const read = { ...submission, dependsOn, size };
  const unknown = unknownJobs(runtime.yard, namedJobs(dependsOn), noEndedJobs);
  if (unknown.length === 0) return prepare(runtime, read, noEndedJobs);
  return readThenPrepare(runtime, read);
}

/**
 * Policies name the definition as the request does, and the queue; the job does not exist yet, so that nobody has to be allowed it, and
 * who is denied all jobs submits none (spec 05 §2.2).
 */
export function access(
  input: Unvalidated<SubmitJobInput>,
  context: RequestContext,
  { ledger }: Pick<BatchRuntime, 'ledger'>,
): AccessRequest[] {
  const share = textOf(input.shareIdentifier);
  const conditions = {
    ...requestTagConditions(input.tags),
    ...(share === undefined ? {} : { 'batch:ShareIdentifier': share }),
  };
  const queue = textOf(input.jobQueue) ?? '*';
  const queueTags = resourceTagConditions(findJobQueue(ledger, context, queue)?.tags);
  const job = jobArn(context, '*');
  return [
    definitionAccess(input.jobDefinition, conditions, context, ledger),
    submission(jobQueueArn(context, nameIn(queue)), { ...conditions, ...queueTags }),
    { ...submission(job, conditions), onlyDenied: true },
    ...tagOnCreate(job, input.tags),
  ];
}

function submission(resource: string, conditions: NonNullable<AccessRequest['conditions']>) {
  return { action: 'batch:SubmitJob', resource, conditions };
}

/** The tags of a definition count only where its ARN is given, with the revision. */
function definitionAccess(
  given: unknown,
  conditions: NonNullable<AccessRequest['conditions']>,
  context: RequestContext,
  ledger: BatchRuntime['ledger'],
): AccessRequest {
  const named = textOf(given) ?? '*';
  const { name = named, revision } = parseDefinitionReference(context, named) ?? {};
  const isWhole = named.startsWith('arn:') && revision !== undefined;
  const record = isWhole ? ledger.get(jobDefinitionRecords, context, `${name}:${revision}`) : undefined;
  return submission(jobDefinitionArn(context, name, revision), {
    ...conditions,
    ...resourceTagConditions(record?.tags),
  });
}

/** Every rule that one look at the input tells. */
function checkInput(runtime: BatchRuntime, input: SubmitJobInput): void {
  demand(isName(input.jobName), 'Job name should match valid pattern');
  checkSchedulingPriority(input.schedulingPriorityOverride);
  checkTags(input.tags, runtime.quotas.tagsPerResource);
  if (input.parameters) checkNoNul('parameters', Object.values(input.parameters));
  checkCommand(input.containerOverrides?.command);
  checkSize(input, runtime.quotas.submitJobBytes);
}

/** Checks the size of a request against `limit` bytes, in words reported of AWS (ASFHyP3/hyp3 issue 3041). */
function checkSize(input: SubmitJobInput, limit: number): void {
  const text = JSON.stringify(input);
  // UTF-8 takes at most three bytes for a UTF-16 unit: short texts need no counting.
  if (text.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(text);
  demand(bytes <= limit, `Job size must be less than ${inKiB(limit)} KiB, got ${inKiB(bytes)} KiB`);
}

/** Whole KiB. */
function inKiB(bytes: number): number {
  return Math.floor(bytes / 1024);
}

async function readThenPrepare<Result>(runtime: BatchRuntime, submission: ReadSubmission<Result>): Promise<Result> {
  let ended: EndedJobs = noEndedJobs;
  // A job may end while another is read: it has then left memory, and is read in the next round.
  for (;;) {
    // While memory is filled it lacks jobs that have not ended: they would be read again and again.
    runtime.ledger.demandChanges();
    const unknown = unknownJobs(runtime.yard, namedJobs(submission.dependsOn), ended);
    if (unknown.length === 0) return prepare(runtime, submission, ended);
    ended = new Map([...ended, ...(await readEndedJobs(runtime.store.reads, submission.context, unknown))]);
  }
}

function prepare<Result>(runtime: BatchRuntime, submission: ReadSubmission<Result>, ended: EndedJobs): Result {
  const { input, context, dependsOn, size, rerun, definition, take } = submission;
  checkSizes(runtime.yard, dependsOn, size, ended);
  return take(newJob(runtime, context, { input, dependsOn, size, ended, rerun, definition }));
}
