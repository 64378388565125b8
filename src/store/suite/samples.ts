import { formatArn, type Scope } from '../../core/arn.ts';
import type { AccountId, JobId, Region, TaskId } from '../../core/ids.ts';
import { type JobRequest, type Leaf, type StoredStatus, sumOfNodes } from '../../core/job.ts';
import type { ArrayChildRecord, NodeRecord } from '../../core/job-record.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Change, ChangeOf } from '../changes.ts';
import type { JobFact } from '../facts.ts';
import type { LaneItem } from '../lanes.ts';
import type { MetricChunk } from '../metric-points.ts';
import type { QueueMessage } from '../queue-messages.ts';
import type { StoredRecord } from '../record-type.ts';
import type { JobRecord, JobSpecification, LogSegmentRecord, LogStreamRecord } from '../records.ts';
import type { ServiceJobRecord } from '../service-jobs.ts';
import { toVersionedJson } from '../versioned-json.ts';

/** Records for tests of stores: complete, and small enough to compare by eye. */

export const virginia: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
export const ireland: Scope = { account: '123456789012' as AccountId, region: 'eu-west-1' as Region };

/** The same bytes for the same seed. */
export function seededRandom(seed = 1): RandomSource {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}

export function jobId(number: number): JobId {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as JobId;
}

export function queueArn(name: string, scope: Scope = virginia): string {
  return formatArn('batch', scope, `job-queue/${name}`);
}

export function consumableArn(name: string, scope: Scope = virginia): string {
  return formatArn('batch', scope, `consumable-resource/${name}`);
}

export function definitionArn(nameAndRevision: string, scope: Scope = virginia): string {
  return formatArn('batch', scope, `job-definition/${nameAndRevision}`);
}

/** A state of each kind; a terminal one stops at `stoppedAt`. */
export function stateOf(status: StoredStatus, stoppedAt = 9_000): Leaf {
  const common = { attempts: [], statusReason: 'é \u0000 "' };
  switch (status) {
    case 'PENDING':
    case 'RUNNABLE':
      return { ...common, status };
    case 'STARTING':
      return { ...common, status, placement };
    case 'RUNNING':
      return { ...common, status, placement, startedAt: 5_000, deadline: 65_000 };
    case 'SUCCEEDED':
    case 'FAILED':
      return { ...common, status, startedAt: 5_000, stoppedAt };
  }
}

const placement = {
  taskId: '0123456789abcdef0123456789abcdef' as TaskId,
  computeEnvironmentArn: 'arn:aws:batch:us-east-1:123456789012:compute-environment/default',
  taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/c/0123456789abcdef0123456789abcdef',
  containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/c/1',
  containers: [{ name: 'default' }],
  pool: 'host',
  instance: 'i-0123456789abcdef0',
  placedAt: 4_000,
};

/** Job `number`, submitted at 1,000 ms times its number, RUNNABLE in queue `q` of `virginia`. */
export function job(number: number, given: Partial<JobRecord & { kind: 'single' }> = {}): JobRecord {
  return {
    ...virginia,
    kind: 'single',
    jobId: jobId(number),
    number,
    jobName: `job-${number}`,
    jobQueueArn: queueArn('q'),
    jobDefinitionArn: definitionArn('render:1'),
    createdAt: number * 1_000,
    order: number,
    schedulingPriority: 0,
    dependsOn: [],
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    resources: { vcpus: 0.5, memoryMiB: 128, gpus: 0 },
    tags: {},
    state: stateOf('RUNNABLE'),
    ...given,
  };
}

/** What a job asks for that needs a unit of each of these consumable resources. */
export function needing(...names: readonly string[]): JobRequest {
  const consumables = names.map((name) => ({ resource: consumableArn(name), quantity: 1 }));
  return { vcpus: 0.5, memoryMiB: 128, gpus: 0, ...(names.length > 0 ? { consumables } : {}) };
}

/** An array of ten children, PENDING. */
export function arrayJob(number: number, given: Partial<JobRecord & { kind: 'array' }> = {}): JobRecord {
  const { kind: _kind, state: _state, ...common } = job(number);
  return { ...common, kind: 'array', size: 10, state: { status: 'PENDING' }, ...given } as JobRecord;
}

/** A job of three nodes, RUNNABLE. */
export function multiNodeJob(number: number, given: Partial<JobRecord & { kind: 'multiNode' }> = {}): JobRecord {
  const { kind: _kind, state: _state, ...common } = job(number);
  const state = { status: 'RUNNABLE', attempts: [] } as const;
  const ranges = [{ first: 0, last: 2, resources: common.resources }];
  const resources = sumOfNodes(ranges);
  return { ...common, kind: 'multiNode', size: 3, mainNode: 0, ranges, resources, state, ...given } as JobRecord;
}

/** A child of an array that has a row. */
export function child(number: number, index: number, status: StoredStatus = 'RUNNING'): ArrayChildRecord {
  return { number, index, state: stateOf(status), ...(status === 'RUNNABLE' ? { order: -1 } : {}) };
}

export function nodeOf(number: number, index: number, status: 'STARTING' | 'RUNNING' = 'STARTING'): NodeRecord {
  const common = { attempts: [], createdAt: 3_000, jobAttempt: 1, placement };
  const state = status === 'STARTING' ? { ...common, status } : { ...common, status, startedAt: 5_000 };
  return { number, index, state };
}

export function putBits(number: number, ...bits: number[]): Change {
  return { kind: 'arrayBits.put', number, encode: () => Uint8Array.from(bits) };
}

export function specification(number: number): JobSpecification {
  const command = ['render', String(number)];
  const container = { image: 'busybox', command, environment: [{ name: 'A', value: 'ä\n' }], resources: { vcpus: 1 } };
  return {
    request: {
      jobName: `job-${number}`,
      jobQueue: 'q',
      jobDefinition: 'render',
      parameters: { frame: String(number) },
    },
    nodes: [{ containers: [container] }],
    parameters: { frame: String(number) },
    platformCapabilities: ['EC2'],
  };
}

export function insert(record: JobRecord): Change {
  return { kind: 'job.insert', record, specification: specification(record.number) };
}

export function move(record: JobRecord, status: StoredStatus, stoppedAt?: number): Change {
  const { account, region } = record;
  return {
    kind: 'job.update',
    scope: { account, region },
    jobId: record.jobId,
    state: stateOf(status, stoppedAt),
  };
}

/** Service job `number`, submitted at 1,000 ms times its number, waiting in queue `q` of `virginia`. */
export function serviceJob(number: number, given: Partial<ServiceJobRecord> = {}): ServiceJobRecord {
  return {
    ...virginia,
    jobId: jobId(number),
    jobName: `job-${number}`,
    jobQueueArn: queueArn('q'),
    serviceJobType: 'SAGEMAKER_TRAINING',
    createdAt: number * 1_000,
    rank: 0,
    capacity: [],
    tags: {},
    state: { status: 'RUNNABLE' },
    ...given,
  };
}

/** The same once somebody has ended it. */
export function endedServiceJob(
  number: number,
  stoppedAt: number,
  given: Partial<ServiceJobRecord> = {},
): ServiceJobRecord {
  return serviceJob(number, { state: { status: 'FAILED', statusReason: 'enough', stoppedAt }, ...given });
}

export function insertServiceJob(record: ServiceJobRecord, payload = '{}'): ChangeOf<'serviceJob.insert'> {
  return { kind: 'serviceJob.insert', record, payload };
}

export function updateServiceJob(record: ServiceJobRecord): ChangeOf<'serviceJob.update'> {
  return { kind: 'serviceJob.update', record };
}

/** A fact about job `sequence`. */
export function jobFact(sequence: number, given: Partial<JobFact> = {}): JobFact {
  return {
    ...virginia,
    kind: 'job',
    jobId: jobId(sequence),
    from: 'SUBMITTED',
    to: 'RUNNABLE',
    at: sequence * 10,
    ...given,
  };
}

export function append(sequence: number, given: Partial<JobFact> = {}): ChangeOf<'fact'> {
  return { kind: 'fact', sequence, fact: jobFact(sequence, given) };
}

/** A trim that looks at neither age nor number. */
export function trim(through: number, limit: number): ChangeOf<'fact.trim'> {
  return { kind: 'fact.trim', through, before: Number.MAX_SAFE_INTEGER, keep: 0, limit };
}

/** Work of kind `work`. */
export function due(key: string, dueAt: number, text = 'text', of = 'work'): ChangeOf<'due.put'> {
  return { kind: 'due.put', of, key, dueAt, text };
}

/** A message of a queue, and its content. */
export function putMessage(queue: number, id: number, given: Partial<QueueMessage> = {}): ChangeOf<'message.put'> {
  const message = { queue, id, content: id, visibleAt: id, receives: 0, firstAt: 0, nonce: 0, sentAt: id, ...given };
  return { kind: 'message.put', message, content: { number: message.content, body: `body ${id}`, rest: '{}' } };
}

/** That a message was sent to a queue before. */
export function putSentBefore(queue: number, key: string, until = 9): ChangeOf<'sentBefore.put'> {
  return { kind: 'sentBefore.put', record: { queue, key, until, messageId: `of ${key}`, sequence: until } };
}

/** A chunk of a series that begins at `start`, whose only byte is what `through` is. */
export function putChunk(series: number, start: number, given: Partial<MetricChunk> = {}): ChangeOf<'metricChunk.put'> {
  const chunk: MetricChunk = { series, resolution: 60, start, through: 1, points: Uint8Array.of(1), ...given };
  return { kind: 'metricChunk.put', chunk };
}

export function putRecent(id: number): ChangeOf<'metricRecent.put'> {
  return { kind: 'metricRecent.put', row: { id, points: Uint8Array.of(id % 256, 7) } };
}

/** What waits in lane `lane` of kind `post`. */
export function waiting(key: string, given: Partial<LaneItem> = {}): LaneItem {
  return { ...virginia, of: 'post', key, lane: 'a', dueAt: 1, tries: 0, text: key, ...given };
}

/** A record as a service would keep it. */
export function note(key: string, value: unknown = 1, scope: Scope = virginia): StoredRecord {
  return { ...scope, type: 'note', key, text: toVersionedJson({ value }) };
}

export const groupName = '/aws/batch/job';

export function stream(name: string, given: Partial<LogStreamRecord> = {}): LogStreamRecord {
  return {
    ...virginia,
    groupName,
    name,
    directory: `logs/${name}`,
    createdAt: 1,
    storedBytes: 0,
    live: false,
    ...given,
  };
}

export function segment(streamName: string, file: string, given: Partial<LogSegmentRecord> = {}): LogSegmentRecord {
  return { ...virginia, groupName, streamName, file, firstEventAt: 1, lastEventAt: 2, events: 3, bytes: 100, ...given };
}
