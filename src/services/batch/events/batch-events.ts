import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import { childId, nodeId } from '../../../core/job.ts';
import type {
  DeliveredFact,
  Fact,
  JobFact,
  JobQueueBlockedFact,
  Ledger,
  ServiceJobFact,
  ServiceJobQueueBlockedFact,
  StoreReads,
} from '../../../store/index.ts';
import { endedCounts } from '../child-counts.ts';
import { jobArn, serviceJobArn } from '../names.ts';
import { serviceJobDetail } from '../service-jobs/view.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { jobDetail } from '../views/job.ts';
import { stateThen } from './state-then.ts';

/** An event of Batch, as EventBridge's default bus is told it. */
interface BatchEvent extends Scope {
  readonly sequence: number;
  readonly index: number;
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  readonly detail: object;
  /** Who submitted the job. */
  readonly principal?: string | undefined;
}

interface BatchEventsOptions {
  readonly ledger: Ledger;
  readonly reads: StoreReads;
}

/** Facts whose jobs are read together. */
const readTogether = 50;

type Told<Kind extends Fact> = DeliveredFact & { readonly fact: Kind };

/** The events of Batch that AWS has: none for a submission, none of environments. `detail` is as DescribeJobs was at the fact. */
export function createBatchEvents({ ledger, reads }: BatchEventsOptions) {
  return {
    source: 'aws.batch',
    detailTypeOf,
    async *eventsOf(facts: readonly DeliveredFact[]): AsyncGenerator<BatchEvent> {
      for (let from = 0; from < facts.length; from += readTogether) {
        const slice = facts.slice(from, from + readTogether);
        yield* jobEvents(reads, slice.filter(isOfJob));
        yield* serviceJobEvents({ ledger, reads }, slice.filter(isOfServiceJob));
      }
    },
  };
}

function detailTypeOf(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'job':
      return fact.from === undefined ? undefined : 'Batch Job State Change';
    case 'jobQueueBlocked':
      return 'Batch Job Queue Blocked';
    case 'serviceJob':
      return fact.from === undefined ? undefined : 'Batch Service Job State Change';
    case 'serviceJobQueueBlocked':
      return 'Batch Service Job Queue Blocked';
    case 'computeEnvironment':
    case 'execution':
    case 'busEvent':
      return undefined;
  }
}

function isOfJob(told: DeliveredFact): told is Told<JobFact | JobQueueBlockedFact> {
  return told.fact.kind === 'job' || told.fact.kind === 'jobQueueBlocked';
}

function isOfServiceJob(told: DeliveredFact): told is Told<ServiceJobFact | ServiceJobQueueBlockedFact> {
  return told.fact.kind === 'serviceJob' || told.fact.kind === 'serviceJobQueueBlocked';
}

/** The job, child or node that a fact is about; of one about many children the array. */
function subjectOf(fact: JobFact | JobQueueBlockedFact): JobId {
  if (fact.kind === 'jobQueueBlocked') return fact.jobId;
  if (fact.index !== undefined) return childId(fact.jobId, fact.index);
  return fact.node === undefined ? fact.jobId : nodeId(fact.jobId, fact.node);
}

async function* jobEvents(
  reads: StoreReads,
  facts: readonly Told<JobFact | JobQueueBlockedFact>[],
): AsyncGenerator<BatchEvent> {
  const scopes = Map.groupBy(facts, ({ fact }) => `${fact.account} ${fact.region}`);
  for (const ofScope of scopes.values()) {
    const [first] = ofScope;
    if (!first) continue;
    const jobs = await readJobs(reads, scopeOf(first.fact), [...new Set(ofScope.map(({ fact }) => subjectOf(fact)))]);
    const byId = new Map(jobs.map((job) => [job.id, job]));
    for (const told of ofScope) {
      // Deleted since: only of a fact that was set aside and is told hours later.
      const job = byId.get(subjectOf(told.fact));
      if (job) yield* eventsOfJob(told, job);
    }
  }
}

function* eventsOfJob(told: Told<JobFact | JobQueueBlockedFact>, job: ShownJob): Generator<BatchEvent> {
  const { fact, sequence, children } = told;
  if (fact.kind === 'jobQueueBlocked') {
    const detail = detailThen(
      { ...job, state: { ...job.state, status: 'RUNNABLE' } as ShownJob['state'] },
      fact.reason,
    );
    yield { ...common(told, job), index: 0, resources: [jobArn(fact, job.id), fact.jobQueueArn], detail };
    return;
  }
  if (!children) {
    const state = stateThen(fact, job.state);
    const detail = detailThen({ ...job, state }, undefined);
    yield { ...common(told, job), index: 0, resources: [jobArn(fact, job.id)], detail };
    return;
  }
  const { record } = job;
  if (record.kind !== 'array') return;
  const state = stateThen(fact, undefined);
  let index = children.offset;
  const childDetail = childDetails({ ...job, record, state });
  for (const [first, last] of children.runs) {
    for (let child = first; child <= last; child += 1) {
      const id = childId(record.jobId, child);
      const told = { sequence, index, time: fact.at, ...scopeOf(fact), principal: record.submittedBy?.principal };
      yield { ...told, resources: [jobArn(fact, id)], detail: childDetail(id, child) };
      index += 1;
    }
  }
}

function common({ fact, sequence }: Told<JobFact | JobQueueBlockedFact>, { record }: ShownJob) {
  return { ...scopeOf(fact), sequence, time: fact.at, principal: record.submittedBy?.principal };
}

/** What DescribeJobs would have said, and the job's ARN among its tags. */
function detailThen(job: ShownJob, reason: string | undefined): object {
  const { record, state, part } = job;
  const isEnded = record.kind === 'array' && !part && (state.status === 'SUCCEEDED' || state.status === 'FAILED');
  const counts = isEnded ? endedCounts(record) : undefined;
  const detail = jobDetail({ ...job, ...(counts && { counts }) }, reason);
  return { ...detail, tags: { resourceArn: detail.jobArn, ...detail.tags } };
}

/** Of children that changed alike nothing differs but what names them: it is worked out once. */
function childDetails(job: ShownJob & { readonly record: Extract<ShownJob['record'], { kind: 'array' }> }) {
  const { record } = job;
  const fullDetail = (id: JobId, index: number) =>
    detailThen({ ...job, id, part: { kind: 'child', array: record, index } }, undefined);
  // Each waits for a child of its own.
  if (record.dependsOn.some(({ type }) => type === 'N_TO_N')) return fullDetail;
  let first: ReturnType<typeof fullDetail> | undefined;
  return (id: JobId, index: number): object => {
    first ??= fullDetail(id, index);
    const arn = jobArn(record, id);
    const own = { jobArn: arn, jobId: id, arrayProperties: { index, statusSummary: {} } };
    return { ...first, ...own, tags: { ...record.tags, resourceArn: arn } };
  };
}

async function* serviceJobEvents(
  { ledger, reads }: BatchEventsOptions,
  facts: readonly Told<ServiceJobFact | ServiceJobQueueBlockedFact>[],
): AsyncGenerator<BatchEvent> {
  for (const { fact, sequence } of facts) {
    const [record] = await reads.serviceJobs(scopeOf(fact), [fact.jobId]);
    if (!record) continue;
    const shown = serviceJobDetail(ledger, { record, payload: '' });
    // AWS leaves both out.
    const { tags: _tags, serviceRequestPayload: _payload, stoppedAt, ...rest } = shown;
    const status = fact.kind === 'serviceJob' ? fact.to : 'RUNNABLE';
    const isOver = status === 'FAILED';
    const detail = { ...rest, status, statusReason: fact.reason, isTerminated: isOver && rest.isTerminated };
    const time = { sequence, index: 0, time: fact.at, ...scopeOf(fact) };
    const resources = [serviceJobArn(fact, fact.jobId)];
    yield { ...time, resources, detail: isOver ? { ...detail, stoppedAt } : detail };
  }
}
