import type { SubmitJobCommandInput, SubmitJobCommandOutput } from '@aws-sdk/client-batch';
import type { Dependency } from '../../../core/job.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { checkCommand, checkNoNul } from '../definition/container-rules.ts';
import { checkSchedulingPriority } from '../definition/definition.ts';
import type { Remember } from '../idempotency.ts';
import { isName, jobArn, jobDefinitionArn, jobQueueArn, nameIn, parseDefinitionReference } from '../names.ts';
import { batchOperation } from '../operation.ts';
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
import { checkTags, requestTagConditions } from '../tags.ts';

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
      checkInput(runtime, input);
      const size = arraySize(input);
      const dependsOn = readDependencies(input.dependsOn, size !== undefined, runtime.quotas.dependenciesPerJob);
      const submission = { input, context, dependsOn, size, remember };
      const unknown = unknownJobs(runtime.yard, namedJobs(dependsOn), noEndedJobs);
      if (unknown.length === 0) return submit(runtime, submission, noEndedJobs);
      return readThenSubmit(runtime, submission);
    }),
});

interface Submission {
  readonly input: SubmitJobInput;
  readonly context: RequestContext;
  readonly dependsOn: readonly Dependency[];
  /** Of an array. */
  readonly size: number | undefined;
  readonly remember: Remember<Output>;
}

/** Policies name the definition as the request does, and the queue; the job does not exist yet (spec 05 §2.2). */
function access(input: Unvalidated<SubmitJobInput>, context: RequestContext): AccessRequest[] {
  const share = textOf(input.shareIdentifier);
  const conditions = {
    ...requestTagConditions(input.tags),
    ...(share === undefined ? {} : { 'batch:ShareIdentifier': share }),
  };
  const named = textOf(input.jobDefinition) ?? '*';
  const reference = parseDefinitionReference(context, named);
  const definition = jobDefinitionArn(context, reference?.name ?? named, reference?.revision);
  const queue = jobQueueArn(context, nameIn(textOf(input.jobQueue) ?? '*'));
  return [definition, queue].map((resource) => ({ action: 'batch:SubmitJob', resource, conditions }));
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

async function readThenSubmit(runtime: BatchRuntime, submission: Submission): Promise<Output> {
  let ended: EndedJobs = noEndedJobs;
  // A job may end while another is read: it has then left memory, and is read in the next round.
  for (;;) {
    // While memory is filled it lacks jobs that have not ended: they would be read again and again.
    runtime.ledger.demandChanges();
    const unknown = unknownJobs(runtime.yard, namedJobs(submission.dependsOn), ended);
    if (unknown.length === 0) return submit(runtime, submission, ended);
    ended = new Map([...ended, ...(await readEndedJobs(runtime.store.reads, submission.context, unknown))]);
  }
}

function submit(runtime: BatchRuntime, submission: Submission, ended: EndedJobs): Output {
  const { input, context, dependsOn, size, remember } = submission;
  checkSizes(runtime.yard, dependsOn, size, ended);
  const job = newJob(runtime, context, { input, dependsOn, size, ended });
  const output = { jobArn: jobArn(job, job.jobId), jobName: job.jobName, jobId: job.jobId };
  runtime.ledger.transact((transaction) => {
    runtime.yard.submit(transaction, job);
    remember(transaction, output);
  });
  return output;
}
