import { parseArn, type Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { JobId } from '../../core/ids.ts';
import type { AccessRequest, RequestContext } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import type { Ledger, RecordType, Tags, Transaction } from '../../store/index.ts';
import { isChildJobId, isJobId } from './names.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  type JobDefinitionRecord,
  type JobQueueRecord,
  jobDefinitionRecords,
  jobQueueRecords,
} from './records.ts';
import { findComputeEnvironment, findJobQueue, parseDefinitionReference } from './references.ts';
import { invalid } from './refusals.ts';
import type { BatchRuntime } from './runtime.ts';
import { requestTagConditions, resourceTagConditions } from './tags.ts';

type TaggedRecord = ComputeEnvironmentRecord | JobQueueRecord | JobDefinitionRecord;

/** Something that carries tags: a resource in memory, or a job in the store. */
export type TaggedResource =
  | {
      readonly kind: 'record';
      readonly record: TaggedRecord;
      readonly put: (transaction: Transaction, tags: Tags) => void;
    }
  | { readonly kind: 'job'; readonly jobId: JobId };

/** Finds what an ARN names. Jobs are found in form only: whether there is one, the store says. */
export function findTagged(ledger: Ledger, scope: Scope, arn: string): TaggedResource {
  const parts = parseArn(arn);
  const here = parts?.service === 'batch' && parts.region === scope.region && parts.account === scope.account;
  if (!parts || !here) return invalid(`Resource ARN is not valid: ${arn}`);
  const [type = '', ...rest] = parts.resource.split('/');
  if (type === 'job') return { kind: 'job', jobId: taggableJob(rest.join('/')) };
  return findRecord(ledger, scope, arn, type) ?? notFound(arn);
}

function findRecord(ledger: Ledger, scope: Scope, arn: string, type: string) {
  if (type === 'compute-environment') {
    return tagged(computeEnvironmentRecords, findComputeEnvironment(ledger, scope, arn));
  }
  if (type === 'job-queue') return tagged(jobQueueRecords, findJobQueue(ledger, scope, arn));
  if (type !== 'job-definition') return undefined;
  const reference = parseDefinitionReference(scope, arn);
  const key = `${reference?.name}:${reference?.revision}`;
  return tagged(jobDefinitionRecords, ledger.get(jobDefinitionRecords, scope, key));
}

/** A record with what gives it other tags. */
function tagged<Value extends TaggedRecord>(type: RecordType<Value, string>, record: Value | undefined) {
  if (!record) return undefined;
  const put = (transaction: Transaction, tags: Tags) => transaction.put(type, { ...record, tags });
  return { kind: 'record', record, put } as const;
}

function taggableJob(jobId: string): JobId {
  if (!isJobId(jobId)) return invalid(`Job id is not valid: ${jobId}`);
  if (isChildJobId(jobId)) invalid('Child jobs of array and multi-node parallel jobs cannot be tagged.');
  return jobId;
}

export function notFound(arn: string): never {
  throw new ServiceError('ClientException', `Resource not found: ${arn}`);
}

/** The tags of a resource. Refuses a job that the store does not know. */
export async function readTags({ ledger, store }: BatchRuntime, scope: Scope, arn: string): Promise<Tags> {
  const found = findTagged(ledger, scope, arn);
  if (found.kind === 'record') return found.record.tags;
  const [job] = await store.reads.jobs({ account: scope.account, region: scope.region }, [found.jobId]);
  return job ? job.record.tags : notFound(arn);
}

/** One request about the resource itself, with the tags that it has and those that come. */
export async function tagAccess(
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  resourceArn: unknown,
  tags?: unknown,
): Promise<AccessRequest[]> {
  const resource = textOf(resourceArn) ?? '*';
  const own = resourceTagConditions(await ownTags(runtime, context, resource));
  return [{ action: `batch:${action}`, resource, conditions: { ...requestTagConditions(tags), ...own } }];
}

/** The tags of those of the jobs that the store knows. A child goes by its parent's. */
export async function tagsOfJobs(
  { store }: BatchRuntime,
  { account, region }: Scope,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Tags>> {
  const parents = new Map(jobIds.filter(isJobId).map((jobId) => [jobId as string, parentOf(jobId)]));
  if (parents.size === 0) return new Map();
  const jobs = await store.reads.jobs({ account, region }, [...new Set(parents.values())]);
  const tags = new Map(jobs.map(({ record }) => [record.jobId, record.tags]));
  return new Map(
    [...parents].flatMap(([jobId, parent]) => {
      const found = tags.get(parent);
      return found ? [[jobId, found] as const] : [];
    }),
  );
}

function parentOf(jobId: JobId): JobId {
  return jobId.split(/[:#]/, 1)[0] as JobId;
}

/** Undefined for what there is not. */
async function ownTags(runtime: BatchRuntime, scope: Scope, arn: string): Promise<Tags | undefined> {
  const parts = parseArn(arn);
  const [type = '', ...rest] = parts?.resource.split('/') ?? [];
  if (type !== 'job') return findRecord(runtime.ledger, scope, arn, type)?.record.tags;
  const jobId = rest.join('/');
  return (await tagsOfJobs(runtime, scope, [jobId])).get(jobId);
}
