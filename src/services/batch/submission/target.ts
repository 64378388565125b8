import { parseArn, type Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import type { Platform } from '../definition/resources.ts';
import { findJobQueue, nameIn, parseDefinitionReference } from '../names.ts';
import {
  computeEnvironmentRecords,
  type JobDefinitionRecord,
  type JobQueueRecord,
  jobDefinitionRecords,
} from '../records.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';

/** The queue that a job is submitted to, or a refusal: unknown (base2genomics/batchit issue 13), or taking no jobs (not reported). */
export function submittableQueue(ledger: Ledger, scope: Scope, reference: string): JobQueueRecord {
  const queue = findJobQueue(ledger, scope, reference);
  if (!queue) return refuse(`JobQueue ${reference} not found.`);
  if (queue.status === 'DELETING') refuse(`Job Queue ${queue.arn} is being deleted.`);
  if (queue.state === 'DISABLED') refuse(`Job Queue ${queue.arn} is disabled.`);
  return queue;
}

/**
 * The ACTIVE definition that a job is submitted with: by name the latest, by revision that one. The words are reported of AWS: of
 * what is no reference aws/aws-sdk-js issue 4280 and boto/boto3 issue 1330, of a name aws-samples/aws-genomics-workflows issue 84,
 * of an ARN azavea/raster-vision-aws issue 17.
 */
export function submittableDefinition(runtime: BatchRuntime, scope: Scope, reference: string): JobDefinitionRecord {
  const parsed = parseDefinitionReference(scope, reference);
  if (!parsed) return refuse(unreadable(reference));
  if (parsed.revision === undefined) {
    const latest = runtime.latestRevisions.find(scope, parsed.name);
    return latest ?? refuse(withoutActive(reference));
  }
  const record = runtime.ledger.get(jobDefinitionRecords, scope, `${parsed.name}:${parsed.revision}`);
  if (!record) return refuse(`JobDefinition ${reference} not found.`);
  if (record.status !== 'ACTIVE') refuse(`JobDefinition ${record.arn} is not in ACTIVE status`);
  return record;
}

/** An ARN of a definition elsewhere is one that is not there; anything else that cannot be read is a name against the rules. */
function unreadable(reference: string): string {
  if (parseArn(reference)?.resource.startsWith('job-definition/')) return `JobDefinition ${reference} not found.`;
  return `Provided name ${reference} is not supported pattern[a-zA-Z_0-9-]{1,128}`;
}

function withoutActive(reference: string): string {
  if (reference.startsWith('arn:')) return `JobDefinition ${reference} not found.`;
  return `JobDefinition name ${reference} does not exist or is not in ACTIVE status.`;
}

/** What a queue can run never changes while its environments stay attached: worked out once for each of its records. */
const platforms = new WeakMap<JobQueueRecord, QueuePlatform>();

/** Refuses a job that no environment of the queue can ever run, in words that two users report. */
export function checkPlatform(ledger: Ledger, queue: JobQueueRecord, platform: QueuePlatform): void {
  let known = platforms.get(queue);
  if (!known) {
    known = queuePlatform(ledger, queue);
    platforms.set(queue, known);
  }
  if (known === platform) return;
  // No words are reported of AWS.
  if (known === 'SAGEMAKER_TRAINING') refuse(`Job Queue ${queue.arn} of type ${known} takes service jobs only.`);
  refuse(`Job Queue is attached to Compute Environment that can not run Jobs with capability ${platform}`);
}

/** What the environments of a queue run: containers on EC2 or Fargate, pods, or service jobs. */
export type QueuePlatform = Platform | 'EKS' | 'SAGEMAKER_TRAINING';

/** Environments of one queue are all EC2, all Fargate, or all Kubernetes (spec 03 §9.4). */
export function queuePlatform(ledger: Ledger, queue: JobQueueRecord): QueuePlatform {
  if (queue.serviceEnvironmentOrder) return 'SAGEMAKER_TRAINING';
  const [first] = queue.computeEnvironmentOrder;
  const environment = ledger.get(computeEnvironmentRecords, queue, nameIn(first?.computeEnvironment ?? ''));
  if (environment?.kubernetes) return 'EKS';
  return environment?.computeResources?.type?.startsWith('FARGATE') ? 'FARGATE' : 'EC2';
}
