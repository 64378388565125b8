import { formatArn, type Scope } from '../../core/arn.ts';
import type { Arn, JobId } from '../../core/ids.ts';

/** Names of queues, environments and definitions: 1 to 128 letters, digits, hyphens and underscores. Spec 02 §3. */
const resourceName = /^[A-Za-z0-9_-]{1,128}$/;
/** As above, beginning with a letter or digit. */
const jobName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
/** A job, an array child (`:index`) or a node (`#index`). */
const jobIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}([:#]\d+)?$/i;

export function isResourceName(text: string): boolean {
  return resourceName.test(text);
}

export function isJobName(text: string): boolean {
  return jobName.test(text);
}

export function isJobId(text: string): text is JobId {
  return jobIdPattern.test(text);
}

/** Array children and nodes have no record of their own that could carry tags. */
export function isChildJobId(jobId: string): boolean {
  return jobId.includes(':') || jobId.includes('#');
}

export function computeEnvironmentArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `compute-environment/${name}`);
}

export function jobQueueArn(scope: Scope, name: string): Arn {
  return formatArn('batch', scope, `job-queue/${name}`);
}

/** `revision` absent: the ARN that policies use for all of a name's revisions. */
export function jobDefinitionArn(scope: Scope, name: string, revision?: number): Arn {
  return formatArn('batch', scope, `job-definition/${name}${revision === undefined ? '' : `:${revision}`}`);
}

export function jobArn(scope: Scope, jobId: string): Arn {
  return formatArn('batch', scope, `job/${jobId}`);
}

/** Allocation-free in the common case of a name: an ARN's last path segment, else the text itself. */
export function nameIn(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.indexOf('/') + 1) : reference;
}
