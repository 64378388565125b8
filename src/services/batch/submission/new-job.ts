import type { Scope } from '../../../core/arn.ts';
import type { Dependency, JobRequest } from '../../../core/job.ts';
import type { RerunRecord } from '../../../core/job-specification.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { present } from '../../../core/present.ts';
import { newJobId } from '../../../core/random.ts';
import type { JobSpecification } from '../../../store/index.ts';
import type { CompiledDefinition } from '../definition/compile.ts';
import { onItsMachine } from '../definition/machine.ts';
import { type SubmittedNodes, submittedNodes } from '../definition/node-overrides.ts';
import { instanceTypeOf } from '../definition/nodes.ts';
import { type SubmittedNode, submittedNode } from '../definition/overrides.ts';
import { overridesTooLong } from '../definition/overrides-length.ts';
import { compileRetryStrategy, compileTimeout, singleAttempt } from '../definition/retry-strategy.ts';
import { callerOf } from '../operation.ts';
import type { JobQueueRecord } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { failsImpossible } from '../resources/impossible-jobs.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { SubmitJobInput } from '../schemas/job.ts';
import type { NewJob } from '../yard/index.ts';
import { consumablesWithNodes, submittedConsumables, submittedRanges } from './consumables.ts';
import type { EndedJobs } from './dependencies.ts';
import { checkPlatform, submittableDefinition, submittableQueue } from './target.ts';

/** A submission whose input breaks no rule. */
export interface CheckedSubmission {
  readonly input: SubmitJobInput;
  readonly dependsOn: readonly Dependency[];
  /** How many children, of an array. */
  readonly size: number | undefined;
  /** What the store says of dependencies that memory does not know. */
  readonly ended: EndedJobs;
  /** What it runs again. */
  readonly rerun?: RerunRecord | undefined;
  /** One that is registered nowhere, instead of the one that the input names. */
  readonly definition?: CompiledDefinition | undefined;
}

/** Makes the job that a checked submission asks for, or refuses it because of what is, or is not, there. */
export function newJob(
  runtime: BatchRuntime,
  scope: RequestContext,
  { input, dependsOn, size, ended, ...given }: CheckedSubmission,
): NewJob {
  const { ledger, clock, random } = runtime;
  const queue = submittableQueue(ledger, scope, input.jobQueue);
  const definition =
    given.definition ?? runtime.definitions.compile(submittableDefinition(runtime, scope, input.jobDefinition));
  checkPlatform(ledger, queue, definition.node.pod ? 'EKS' : definition.platform);
  // The words: cdk-preflight, of a definition.
  demand(!definition.node.pod || !input.propagateTags, 'Batch on EKS does not support tag propagation.');
  checkFairShare(input, definition, queue);
  refuseBeyondShares(runtime, input, queue);
  const own = submittedConsumables(ledger, scope, definition.consumables, input);
  refuseBeyondQuota(runtime, scope);
  const createdAt = clock.now();
  const submitted = withArns(runtime, scope, whatRuns(definition, input));
  const consumables = 'nodes' in submitted ? consumablesWithNodes(own, submitted.nodes, submitted.size) : own;
  const timeouts = timeoutsOf(runtime, definition, input);
  const failure =
    definition.failure ?? tooManyTags(runtime, definition, input) ?? overridesTooLong(definition, input, submitted);
  const job: NewJob = {
    account: scope.account,
    region: scope.region,
    ...kindOf(submitted, size),
    jobId: newJobId(createdAt, random),
    jobName: input.jobName,
    jobQueueArn: queue.arn,
    jobDefinitionArn: definition.arn,
    createdAt,
    schedulingPriority: input.schedulingPriorityOverride ?? definition.schedulingPriority ?? 0,
    submittedBy: callerOf(scope),
    dependsOn,
    ended,
    retryStrategy: compileRetryStrategy(input.retryStrategy) ?? definition.retryStrategy ?? singleAttempt,
    ...present({ timeoutSeconds: timeouts.timeoutSeconds, shareIdentifier: input.shareIdentifier }),
    ...(failure === undefined ? {} : { failsAtOnce: failure }),
    tags: input.tags ?? {},
    resources: { ...resourcesOf(submitted), ...(consumables ? { consumables } : {}) },
    specification: {
      ...specification(definition, input, submitted),
      ...present({ fargateLimit: timeouts.fargateLimit, rerun: given.rerun }),
    },
  };
  const impossible = failure === undefined && failsImpossible(queue) ? runtime.yard.hopeless(job) : undefined;
  return impossible === undefined ? job : { ...job, failsAtOnce: impossible };
}

/** What a multi-node job runs, or any other. */
function whatRuns(definition: CompiledDefinition, input: SubmitJobInput): SubmittedNode | SubmittedNodes {
  if (definition.nodes) return submittedNodes(definition, definition.nodes, input);
  if (Object.keys(input.nodeOverrides ?? {}).length > 0)
    refuse('nodeOverrides should not be set for jobs of a single node.');
  return submittedNode(definition, input);
}

/** What its nodes need names the consumable resources that there are. */
function withArns(
  { ledger }: BatchRuntime,
  scope: Scope,
  submitted: SubmittedNode | SubmittedNodes,
): SubmittedNode | SubmittedNodes {
  return 'nodes' in submitted ? { ...submitted, nodes: submittedRanges(ledger, scope, submitted.nodes) } : submitted;
}

/** Nodes name no kind of machine: `runtimePlatform` is Fargate's. They alone name a type of instance. */
function resourcesOf(submitted: SubmittedNode | SubmittedNodes): JobRequest {
  if (!('nodes' in submitted)) return onItsMachine(submitted.node, submitted.resources);
  return { ...submitted.resources, ...present({ instanceType: instanceTypeOf(submitted.nodes) }) };
}

function kindOf(submitted: SubmittedNode | SubmittedNodes, size: number | undefined) {
  if (!('nodes' in submitted))
    return size === undefined ? { kind: 'single' as const } : { kind: 'array' as const, size };
  if (size !== undefined) refuse('arrayProperties should not be set for multi-node parallel jobs.');
  const { mainNode, ranges } = submitted;
  return { kind: 'multiNode' as const, size: submitted.size, mainNode, ranges };
}

function specification(
  definition: CompiledDefinition,
  input: SubmitJobInput,
  submitted: SubmittedNode | SubmittedNodes,
): JobSpecification {
  const { parameters } = submitted;
  const { tags: _tags, ...request } = input;
  const { platformCapabilities } = definition;
  return {
    request,
    nodes: 'nodes' in submitted ? submitted.nodes : [submitted.node],
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(platformCapabilities.length > 0 && { platformCapabilities }),
    ...(propagatesTags(definition, input) && { propagateTags: true }),
  };
}

/**
 * How long each attempt may run, in seconds. After 14 days of a run AWS may take Fargate's capacity away (spec 01 item 34): here the
 * attempt ends as by a timeout of its own.
 */
function timeoutsOf(
  { fargateRun }: BatchRuntime,
  { platform, timeoutSeconds: defined }: CompiledDefinition,
  { timeout }: SubmitJobInput,
): { readonly timeoutSeconds?: number | undefined; readonly fargateLimit?: JobSpecification['fargateLimit'] } {
  const timeoutSeconds = compileTimeout(timeout) ?? defined;
  if (platform !== 'FARGATE' || fargateRun === undefined) return { timeoutSeconds };
  const most = Math.ceil(fargateRun / 1000);
  if (timeoutSeconds !== undefined && timeoutSeconds <= most) return { timeoutSeconds };
  return { timeoutSeconds: most, fargateLimit: present({ timeoutSeconds }) };
}

function propagatesTags(definition: CompiledDefinition, input: SubmitJobInput): boolean {
  return input.propagateTags ?? definition.propagateTags;
}

const sharePattern = /^[a-zA-Z0-9_-]{1,255}$/;

/**
 * A queue without scheduling policy is first in, first out for ever (spec 03 §10.2); one with a policy takes only jobs that say whose
 * they are and how urgent. Users report the words: boto/boto3 issue 3158, nextflow-io/nextflow issue 3505; of the name, cdk-preflight
 * of a policy.
 */
function checkFairShare(
  { shareIdentifier, schedulingPriorityOverride }: SubmitJobInput,
  { schedulingPriority }: CompiledDefinition,
  { schedulingPolicyArn }: JobQueueRecord,
): void {
  if (schedulingPolicyArn === undefined) {
    if (shareIdentifier === undefined && schedulingPriorityOverride === undefined) return;
    refuse(
      'Job with shareIdentifier or schedulingPriority can only be submitted to job queue with fair share scheduling policy.',
    );
  }
  if (shareIdentifier === undefined) refuse('shareIdentifier must be specified.');
  demand(sharePattern.test(shareIdentifier), 'ShareIdentifier name should match a valid pattern.');
  if (schedulingPriorityOverride !== undefined || schedulingPriority !== undefined) return;
  refuse('Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.');
}

/** A queue has so many active share identifiers at most (spec 03 §9.6). No words are reported of AWS. */
function refuseBeyondShares(
  { yard, quotas }: BatchRuntime,
  { shareIdentifier }: SubmitJobInput,
  queue: JobQueueRecord,
): void {
  if (shareIdentifier === undefined) return;
  const limit = quotas.activeSharesPerQueue;
  const { count, isActive } = yard.activeShares(queue.arn, shareIdentifier);
  if (!isActive && count >= limit) refuse(`Job Queue ${queue.arn} has ${limit} active share identifiers already.`);
}

/** No words are reported of AWS. */
function refuseBeyondQuota({ yard, quotas }: BatchRuntime, scope: Scope): void {
  if (yard.waitingCount(scope) < quotas.waitingJobs) return;
  refuse(`Maximum number of submitted jobs (${quotas.waitingJobs}) reached.`);
}

/** Tags of job and definition together go to the task; too many of them fail the job, not the call (spec 02 §9.4). No words are reported. */
function tooManyTags(
  { quotas }: BatchRuntime,
  definition: CompiledDefinition,
  input: SubmitJobInput,
): string | undefined {
  if (!propagatesTags(definition, input)) return undefined;
  const count = Object.keys({ ...definition.tags, ...input.tags }).length;
  const limit = quotas.tagsPerResource;
  if (count <= limit) return undefined;
  return `The job and its definition have ${count} tags together; at most ${limit} can be propagated.`;
}
