import { z } from 'zod';
import { isTerminal } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { ranWithout } from '../../../engines/index.ts';
import { withCounts } from '../child-counts.ts';
import { deprecatedOverrides } from '../definition/deprecated-overrides.ts';
import type { StartEstimates } from '../estimates/index.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { rerunWords } from '../submission/rerun.ts';
import { attemptsOf } from '../views/attempts.ts';
import { jobDetail, reasonOf } from '../views/job.ts';
import { nodeShown } from '../views/node.ts';
import { logTarget } from '../yard/index.ts';
import { explainServiceJob } from './explain-service-job.ts';
import type { ExplainJobOutput } from './explained-job.ts';

export interface ExplainJobInput {
  readonly jobId: string;
  /** Whether to say when a job that waits is expected to start: this plays on what the server has. @default false */
  readonly estimateStart?: boolean | undefined;
}

/** Says why a job is where it is, ended jobs too. */
export function explainJob(
  runtime: BatchRuntime,
  estimates: StartEstimates,
): Operation<ExplainJobInput, ExplainJobOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({ jobId: z.string(), estimateStart: z.boolean().optional() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:ExplainJob', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId, estimateStart }, context) => {
      const { store, yard } = runtime;
      const found = isJobId(jobId) ? await readJobs(store.reads, context, [jobId]) : [];
      const [job] = await withCounts(store.reads, yard, context, found);
      if (!job) return (await explainServiceJob(runtime, context, jobId)) ?? refuse(`Job ${jobId} not found.`);
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
        ...(estimateStart && (await startOf(runtime, estimates, job))),
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

/** Of what waits: nobody asks when that starts which has begun. */
async function startOf(
  { yard }: BatchRuntime,
  estimates: StartEstimates,
  { id, state: { status } }: ShownJob,
): Promise<Pick<ExplainJobOutput, 'start'>> {
  const { counts } = yard.childCounts(id) ?? {};
  const hasBegun = begun.some((each) => (counts?.[each] ?? 0) > 0);
  const waits = status === 'PENDING' || status === 'RUNNABLE';
  return waits && !hasBegun ? { start: await estimates.of(id) } : {};
}

const begun = ['STARTING', 'RUNNING', 'SUCCEEDED'] as const;

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
