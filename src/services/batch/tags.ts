import { parseArn, type Scope, scopeOf } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { JobId } from '../../core/ids.ts';
import { parseJobId } from '../../core/job.ts';
import type { AccessRequest, RequestContext } from '../../core/operation.ts';
import { allowedTagText, requestTagConditions as conditionsOf, reservedTagText } from '../../core/tags.ts';
import { textMapOf, textOf } from '../../core/unvalidated.ts';
import type { Ledger, RecordType, Tags, Transaction } from '../../store/index.ts';
import {
  findComputeEnvironment,
  findConsumableResource,
  findJobQueue,
  findQuotaShare,
  findSchedulingPolicy,
  findServiceEnvironment,
  isChildJobId,
  isJobId,
  parseDefinitionReference,
} from './names.ts';
import {
  type ComputeEnvironmentRecord,
  type ConsumableResourceRecord,
  computeEnvironmentRecords,
  consumableResourceRecords,
  type JobDefinitionRecord,
  type JobQueueRecord,
  jobDefinitionRecords,
  jobQueueRecords,
  type QuotaShareRecord,
  quotaShareRecords,
  type SchedulingPolicyRecord,
  type ServiceEnvironmentRecord,
  schedulingPolicyRecords,
  serviceEnvironmentRecords,
} from './records.ts';
import { invalid } from './refusals.ts';
import { changeServiceJob, type ServiceJobChanges } from './service-jobs/change.ts';
import type { Yard } from './yard/index.ts';

/** Where things that have tags are. */
interface Tagged extends ServiceJobChanges {
  readonly yard: Pick<Yard, 'resourcesChanged'>;
}

const longestKey = 128;
const longestValue = 256;

/**
 * Checks tags that a user gives. Lengths count Unicode characters. Spec 06 §5.3. Of too many, too long and reserved ones no words
 * are reported of AWS, nor of what cannot be tagged.
 */
export function checkTags(tags: Tags | undefined, limit: number): void {
  if (!tags) return;
  const entries = Object.entries(tags);
  checkTagCount(entries.length, limit);
  for (const [key, value] of entries) {
    checkTagKey(key);
    checkTagValue(key, value);
  }
}

/** Checks tags that instances are to have: EC2 takes any characters, as many tags as Batch, and keys of AWS's own from nobody. */
export function checkInstanceTags(tags: Tags | undefined, limit: number): void {
  const entries = Object.entries(tags ?? {});
  checkTagCount(entries.length, limit);
  for (const [key, value] of entries) {
    checkOwnKey(key);
    checkValueLength(key, value);
  }
}

/** Checks how many tags a resource ends up with; AWS's own tags do not count. */
export function checkTagCount(count: number, limit: number): void {
  if (count > limit) invalid(`A resource can have at most ${limit} tags, got ${count}.`);
}

/** Checks the key of a tag to be added or removed: AWS's own tags are out of reach. */
export function checkTagKey(key: string): void {
  checkOwnKey(key);
  if (!allowedTagText.test(key)) refuseCharacters('TagKey', key);
}

function checkOwnKey(key: string): void {
  if (key === '' || [...key].length > longestKey) invalid(`Tag keys must have 1 to ${longestKey} characters.`);
  if (reservedTagText.test(key)) invalid(`Tag keys that begin with aws: are reserved: ${key}`);
}

function checkValueLength(key: string, value: string): void {
  if ([...value].length > longestValue) invalid(`Value of tag ${key} has more than ${longestValue} characters.`);
}

function checkTagValue(key: string, value: string): void {
  checkValueLength(key, value);
  if (reservedTagText.test(value)) invalid(`Tag values that begin with aws: are reserved: ${value}`);
  if (!allowedTagText.test(value)) refuseCharacters('TagValue', value);
}

/** In AWS's words of a value (Netflix/metaflow issue 1345, nf-core/hic issue 224), and the same of a key. */
function refuseCharacters(kind: 'TagKey' | 'TagValue', text: string): never {
  throw new ServiceError(
    'BadRequestException',
    `'${text}' is not a valid value for ${kind} - it contains illegal characters`,
  );
}

/** The condition keys of a request that carries tags, which nobody has validated yet. */
export function requestTagConditions(tags: unknown): Record<string, string | readonly string[]> {
  return conditionsOf(Object.entries(textMapOf(tags) ?? {}));
}

/** Creating something with tags needs leave to tag it too. */
export function tagOnCreate(resource: string, tags: unknown): AccessRequest[] {
  const conditions = requestTagConditions(tags);
  return Object.keys(conditions).length === 0 ? [] : [{ action: 'batch:TagResource', resource, conditions }];
}

/** The condition keys of a resource's own tags. */
export function resourceTagConditions(tags: Tags | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

type TaggedRecord =
  | ComputeEnvironmentRecord
  | JobQueueRecord
  | JobDefinitionRecord
  | ConsumableResourceRecord
  | SchedulingPolicyRecord
  | ServiceEnvironmentRecord
  | QuotaShareRecord;

/** Something that carries tags: a resource in memory, or a job in the store. */
export type TaggedResource =
  | {
      readonly kind: 'record';
      readonly record: TaggedRecord;
      readonly put: (transaction: Transaction, tags: Tags) => void;
    }
  | { readonly kind: 'job'; readonly jobId: JobId }
  | { readonly kind: 'service-job'; readonly jobId: JobId };

/** Finds what an ARN names. Jobs are found in form only: whether there is one, the store says. */
export function findTagged(ledger: Ledger, scope: Scope, arn: string): TaggedResource {
  const parts = parseArn(arn);
  const here = parts?.service === 'batch' && parts.region === scope.region && parts.account === scope.account;
  if (!parts || !here) return invalid(`Resource ARN is not valid: ${arn}`);
  const [type = '', ...rest] = parts.resource.split('/');
  if (type === 'job' || type === 'service-job') return { kind: type, jobId: taggableJob(rest.join('/')) };
  return findRecord(ledger, scope, arn, type) ?? notFound(arn);
}

function findRecord(ledger: Ledger, scope: Scope, arn: string, type: string) {
  if (type === 'compute-environment') {
    return tagged(computeEnvironmentRecords, findComputeEnvironment(ledger, scope, arn));
  }
  if (type === 'job-queue') {
    const share = findQuotaShare(ledger, scope, arn);
    return share ? tagged(quotaShareRecords, share) : tagged(jobQueueRecords, findJobQueue(ledger, scope, arn));
  }
  if (type === 'service-environment') {
    return tagged(serviceEnvironmentRecords, findServiceEnvironment(ledger, scope, arn));
  }
  if (type === 'consumable-resource') {
    return tagged(consumableResourceRecords, findConsumableResource(ledger, scope, arn));
  }
  if (type === 'scheduling-policy') return tagged(schedulingPolicyRecords, findSchedulingPolicy(ledger, scope, arn));
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
export async function readTags({ ledger, store }: Tagged, scope: Scope, arn: string): Promise<Tags> {
  const found = findTagged(ledger, scope, arn);
  if (found.kind === 'record') return found.record.tags;
  return (await tagsOfJob(store, scope, found)) ?? notFound(arn);
}

async function tagsOfJob(
  { reads }: Tagged['store'],
  scope: Scope,
  { kind, jobId }: Extract<TaggedResource, { kind: 'job' | 'service-job' }>,
): Promise<Tags | undefined> {
  if (kind === 'job') return (await reads.jobs(scopeOf(scope), [jobId]))[0]?.record.tags;
  return (await reads.serviceJobs(scopeOf(scope), [jobId]))[0]?.tags;
}

/** One request about the resource itself, with the tags that it has and those that come. */
export async function tagAccess(
  action: string,
  runtime: Tagged,
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
  { store }: Tagged,
  scope: Scope,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Tags>> {
  const parents = new Map(jobIds.filter(isJobId).map((jobId) => [jobId as string, parseJobId(jobId).jobId]));
  if (parents.size === 0) return new Map();
  const jobs = await store.reads.jobs(scopeOf(scope), [...new Set(parents.values())]);
  const tags = new Map(jobs.map(({ record }) => [record.jobId, record.tags]));
  return new Map(
    [...parents].flatMap(([jobId, parent]) => {
      const found = tags.get(parent);
      return found ? [[jobId, found] as const] : [];
    }),
  );
}

/** The same of service jobs. */
export async function tagsOfServiceJobs(
  { store }: Pick<Tagged, 'store'>,
  scope: Scope,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Tags>> {
  const named = [...new Set(jobIds)].filter(isJobId);
  const jobs = named.length > 0 ? await store.reads.serviceJobs(scopeOf(scope), named) : [];
  return new Map(jobs.map(({ jobId, tags }) => [jobId, tags]));
}

/** Undefined for what there is not. */
async function ownTags(runtime: Tagged, scope: Scope, arn: string): Promise<Tags | undefined> {
  const parts = parseArn(arn);
  const [type = '', ...rest] = parts?.resource.split('/') ?? [];
  const jobId = rest.join('/');
  if (type === 'service-job') return (await tagsOfServiceJobs(runtime, scope, [jobId])).get(jobId);
  if (type !== 'job') return findRecord(runtime.ledger, scope, arn, type)?.record.tags;
  return (await tagsOfJobs(runtime, scope, [jobId])).get(jobId);
}

/** Makes a resource's new tags from its present ones. */
export type Retag = (tags: Tags) => Tags;

/** Changes the tags of what `arn` names. Changes of one job follow each other: each reads what the one before wrote. */
export function retag(runtime: Tagged, scope: Scope, arn: string, change: Retag): void | Promise<void> {
  const found = findTagged(runtime.ledger, scope, arn);
  if (found.kind === 'service-job') return retagServiceJob(runtime, scope, found.jobId, arn, change);
  if (found.kind === 'job') {
    return runtime.jobTurns.take(found.jobId, () => retagJob(runtime, scope, found.jobId, arn, change));
  }
  const tags = change(found.record.tags);
  runtime.ledger.transact((transaction) => {
    found.put(transaction, tags);
    // Tags of a queue may say how it is served.
    runtime.yard.resourcesChanged(transaction);
  });
}

async function retagJob(runtime: Tagged, scope: Scope, jobId: JobId, arn: string, change: Retag): Promise<void> {
  const place = scopeOf(scope);
  const [job] = await runtime.store.reads.jobs(place, [jobId]);
  if (!job) return notFound(arn);
  const tags = change(job.record.tags);
  runtime.ledger.transact((transaction) => transaction.add({ kind: 'job.tag', scope: place, jobId, tags }));
}

async function retagServiceJob(runtime: Tagged, scope: Scope, jobId: JobId, arn: string, change: Retag): Promise<void> {
  const retagged = await changeServiceJob(runtime, scope, jobId, (job) => ({ ...job, tags: change(job.tags) }));
  if (!retagged) notFound(arn);
}
