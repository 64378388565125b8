import type { JobDetail } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { isTerminal } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { ranWithout } from '../../../engines/index.ts';
import { withCounts } from '../child-counts.ts';
import { deprecatedOverrides } from '../definition/deprecated-overrides.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { rerunWords } from '../submission/rerun.ts';
import { attemptsOf } from '../views/attempts.ts';
import { jobDetail, reasonOf } from '../views/job.ts';
import { nodeShown } from '../views/node.ts';
import { type Explanation, logTarget } from '../yard/index.ts';

export interface ExplainJobInput {
  readonly jobId: string;
}

export interface ExplainJobOutput {
  /** As DescribeJobs shows it. */
  readonly job: JobDetail;
  /** Why the job is where it is, in one line. */
  readonly text: string;
  /** Present while the scheduler has the job. */
  readonly waiting: Explanation['waiting'];
  /** What has to be done so that the job ever starts; absent if nothing has. */
  readonly remedy: Explanation['remedy'];
  /** What would change that it waits; absent if only time does, or it never starts. */
  readonly change: Explanation['change'];
  /** How the engine keeps the job apart, and what it could not give of what was asked. */
  readonly engineNotes: readonly string[];
  /** What it asks for and runs without; once it has ended, the reason of its container says so too. */
  readonly ungranted: readonly string[];
  /** Of an array that runs children of another again: who they are there, by their index here. */
  readonly originals?: { readonly size: number; readonly indexes: readonly number[] };
  /** Other facts for people. */
  readonly notes: readonly string[];
}

/** Says why a job is where it is, ended jobs too. */
export function explainJob(runtime: BatchRuntime): Operation<ExplainJobInput, ExplainJobOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({ jobId: z.string() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:ExplainJob', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId }, context) => {
      const { store, yard } = runtime;
      const found = isJobId(jobId) ? await readJobs(store.reads, context, [jobId]) : [];
      const [job] = await withCounts(store.reads, yard, context, found);
      if (!job) return refuse(`Job ${jobId} not found.`);
      const { state } = job;
      const explanation = yard.explain(job.id, job.record.dependsOn);
      const engineNotes = explanation?.engineNotes ?? attemptsOf(state).at(-1)?.notes ?? [];
      return {
        job: jobDetail(job, explanation?.waiting ? explanation.text : undefined),
        text: explanation?.text ?? reasonOf(state) ?? `The job is ${state.status}.`,
        waiting: explanation?.waiting,
        remedy: explanation?.remedy,
        change: explanation?.change,
        ungranted: [...new Set([...ungrantedOf(runtime, job), ...ranWithout(engineNotes)])],
        engineNotes,
        ...originalsOf(job),
        notes: [
          ...(explanation?.notes ?? []),
          ...heldToNotes(job),
          ...rerunNotes(job),
          ...deprecatedOverrides(job.specification),
          ...limitNotes(job),
          ...(await damagesOf(runtime, job)),
        ],
      };
    },
  });
}

function ungrantedOf({ yard }: BatchRuntime, job: ShownJob): readonly string[] {
  const node = nodeShown(job);
  return node ? yard.ungranted(node, job.record.jobQueueArn) : [];
}

/** Whose limit it was that ended the job. */
function limitNotes({ specification, state }: ShownJob): readonly string[] {
  if (!specification.fargateLimit || state.stop?.kind !== 'timeout') return [];
  return ['it ran for as long as a job on Fargate may: option fargate.run'];
}

function originalsOf({ specification: { rerun }, part }: ShownJob): Pick<ExplainJobOutput, 'originals'> {
  return rerun?.children && !part ? { originals: rerun.children } : {};
}

/** While it lives the scheduler says so. */
function heldToNotes({ state }: ShownJob): readonly string[] {
  return isTerminal(state.status) ? (attemptsOf(state).at(-1)?.limits ?? []) : [];
}

function rerunNotes({ specification, part }: ShownJob): readonly string[] {
  const words = rerunWords(specification.rerun, part?.index);
  return words === undefined ? [] : [words];
}

/** What of the last attempt's output cannot be read any more. */
async function damagesOf({ store }: BatchRuntime, job: ShownJob): Promise<readonly string[]> {
  const { record, state } = job;
  const last = attemptsOf(state).at(-1);
  if (!last) return [];
  const written = new Set(last.containers.flatMap(({ logStreamName }) => logStreamName ?? []));
  const found: string[] = [];
  for (const container of nodeShown(job)?.containers ?? []) {
    const { scope, groupName, streamName } = logTarget(record, record, container, last.taskId);
    const stream = written.has(streamName) ? await store.reads.logStream(scope, groupName, streamName) : undefined;
    found.push(...(stream?.damages ?? []).map((words) => `lines of the log are lost: ${words}`));
  }
  return found;
}
