import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import type { Arn, JobId } from '../../core/ids.ts';
import { parseJobId } from '../../core/job.ts';
import { ScopeMap } from '../../core/scope-map.ts';
import type { Ledger, RecordType } from '../../store/index.ts';
import {
  computeEnvironmentRecords,
  consumableResourceRecords,
  type JobDefinitionRecord,
  jobDefinitionRecords,
  jobQueueRecords,
  type QuotaShareRecord,
  quotaShareRecords,
  revisionCounterRecords,
  type SchedulingPolicyRecord,
  schedulingPolicyRecords,
  serviceEnvironmentRecords,
  shareKey,
} from './records.ts';

/**
 * Names of queues, environments, definitions and jobs: 1 to 128 letters, digits, hyphens and underscores, beginning with a letter
 * or digit. Spec 02 §3; that the first character counts for all of them was tried on AWS (hashicorp/terraform-provider-aws 2108
 * and 2159), for jobs it is in the reference of SubmitJob.
 */
const anyName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
/** How AWS reads the name in a reference to a definition (aws/aws-sdk-js issue 4280). */
const referredName = /^[a-zA-Z_0-9-]{1,128}$/;
/** That of a job; a child's and a node's begins with it. */
const jobIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a queue, an environment, a definition or a job may be called so. */
export function isName(text: string): boolean {
  return anyName.test(text);
}

export function isJobId(text: string): text is JobId {
  return jobIdPattern.test(parseJobId(text as JobId).jobId);
}

/** Array children and nodes have no record of their own that could carry tags. */
export function isChildJobId(jobId: string): boolean {
  return parseJobId(jobId as JobId).jobId !== jobId;
}

export function computeEnvironmentArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `compute-environment/${name}`);
}

/** The cluster of an environment: its name begins with the environment's (spec 04 §1.14). */
export function ecsClusterArn(scope: Scope, environmentName: string, uuid: string): string {
  return formatArn('ecs', scope, `cluster/${environmentName}_Batch_${uuid}`);
}

export function jobQueueArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `job-queue/${name}`);
}

/** `revision` absent: the ARN that policies use for all of a name's revisions. */
export function jobDefinitionArn(scope: Scope, name: string, revision?: number): Arn {
  return formatArn('batch', scope, `job-definition/${name}${revision === undefined ? '' : `:${revision}`}`);
}

export function consumableResourceArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `consumable-resource/${name}`);
}

export function schedulingPolicyArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `scheduling-policy/${name}`);
}

export function serviceEnvironmentArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `service-environment/${name}`);
}

export function quotaShareArn(scope: Scope, queue: string, name: string): Arn {
  return formatArn('batch', scope, `job-queue/${queue}/quota-share/${name}`);
}

export function serviceJobArn(scope: Scope, jobId: string): Arn {
  return formatArn('batch', scope, `service-job/${jobId}`);
}

export function jobArn(scope: Scope, jobId: string): Arn {
  return formatArn('batch', scope, `job/${jobId}`);
}

/** A reference as AWS repeats it where nothing answers to it: a name by the ARN that it would have, `arnOf` of it. */
export function arnReferred(reference: string, arnOf: (name: string) => Arn): string {
  return reference.startsWith('arn:') ? reference : arnOf(reference);
}

/** Allocation-free in the common case of a name: an ARN's last path segment, else the text itself. */
export function nameIn(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.indexOf('/') + 1) : reference;
}

/** Finds one of a type by name or full ARN; a partial ARN, or one of another place, finds nothing. */
function finder<Value extends Scope & { readonly name: string; readonly arn: string }>(
  type: RecordType<Value, string>,
): (ledger: Ledger, scope: Scope, reference: string) => Value | undefined {
  return (ledger, scope, reference) => {
    const record = ledger.get(type, scope, nameIn(reference));
    return record?.name === reference || record?.arn === reference ? record : undefined;
  };
}

export const findComputeEnvironment = finder(computeEnvironmentRecords);
export const findJobQueue = finder(jobQueueRecords);
export const findConsumableResource = finder(consumableResourceRecords);
export const findServiceEnvironment = finder(serviceEnvironmentRecords);

/** Finds a scheduling policy by its ARN: no operation takes its name. */
export function findSchedulingPolicy(ledger: Ledger, scope: Scope, arn: string): SchedulingPolicyRecord | undefined {
  const record = ledger.get(schedulingPolicyRecords, scope, nameIn(arn));
  return record?.arn === arn ? record : undefined;
}

/** Finds a quota share by its ARN: no operation takes its name alone. */
export function findQuotaShare(ledger: Ledger, scope: Scope, arn: string): QuotaShareRecord | undefined {
  const [queue = '', name = ''] = nameIn(arn).split('/quota-share/');
  const record = ledger.get(quotaShareRecords, scope, shareKey(queue, name));
  return record?.arn === arn ? record : undefined;
}

/** What a reference to a job definition says: `name`, `name:revision`, or an ARN of either. */
export interface DefinitionReference {
  readonly name: string;
  readonly revision?: number;
}

/** Reads a reference to a definition; undefined if it is none, or an ARN of another service, account or region. */
export function parseDefinitionReference(scope: Scope, text: string): DefinitionReference | undefined {
  if (!text.startsWith('arn:')) return splitRevision(text);
  const parts = parseArn(text);
  if (!parts?.resource.startsWith('job-definition/')) return undefined;
  const reference = splitRevision(parts.resource.slice('job-definition/'.length));
  if (!reference) return undefined;
  return text === jobDefinitionArn(scope, reference.name, reference.revision) ? reference : undefined;
}

function splitRevision(text: string): DefinitionReference | undefined {
  const colon = text.indexOf(':');
  if (!referredName.test(colon === -1 ? text : text.slice(0, colon))) return undefined;
  if (colon === -1) return { name: text };
  const revision = text.slice(colon + 1);
  return /^[1-9]\d{0,9}$/.test(revision) ? { name: text.slice(0, colon), revision: Number(revision) } : undefined;
}

/**
 * The newest ACTIVE revision of a name, without looking at every revision ever registered: it is at or below the
 * highest number given, and once deregistered a revision never becomes ACTIVE again.
 */
export class LatestRevisions {
  readonly #ledger: Ledger;
  readonly #known = new ScopeMap<Map<string, { readonly highest: number; readonly latest: number }>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  find(scope: Scope, name: string): JobDefinitionRecord | undefined {
    const highest = this.#ledger.get(revisionCounterRecords, scope, name)?.lastRevision;
    if (highest === undefined) return undefined;
    const names = this.#namesIn(scope);
    const known = names.get(name);
    const start = known?.highest === highest ? known.latest : highest;
    for (let revision = start; revision > 0; revision -= 1) {
      const record = this.#ledger.get(jobDefinitionRecords, scope, `${name}:${revision}`);
      if (record?.status !== 'ACTIVE') continue;
      if (revision !== known?.latest || known.highest !== highest) names.set(name, { highest, latest: revision });
      return record;
    }
    names.set(name, { highest, latest: 0 });
    return undefined;
  }

  #namesIn(scope: Scope) {
    const names = this.#known.get(scope) ?? new Map<string, { readonly highest: number; readonly latest: number }>();
    this.#known.set(scope, names);
    return names;
  }

  /** After memory was rebuilt: what was known may never have become durable. */
  forget(): void {
    this.#known.clear();
  }
}
